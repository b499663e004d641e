"""A whole life of a server by openstacksdk."""

import openstack
from openstack import exceptions
from steps import PUBLIC_KEY, contains, equal, eventually, not_born, refused, step

cloud = openstack.connect(cloud="dev-admin")
member = openstack.connect(cloud="dev-member")
compute = cloud.compute


def names(listed):
    return [each.name for each in listed]


def becomes(server, status):
    def look():
        shown = compute.get_server(server.id)
        return shown.status, shown.task_state

    eventually(look, (status, None))


def did(server, action, status):
    """The status is reached, and the newest action of the server is this one, with all its events succeeded."""
    becomes(server, status)
    newest = next(iter(compute.server_actions(server)))
    equal(newest.action, action)
    eventually(
        lambda: {event.result for event in compute.get_server_action(newest.request_id, server).events}, {"Success"}
    )


def look_around():
    with step("compute.flavors"):
        contains(names(compute.flavors()), "m1.tiny")
    with step("compute.find_flavor"):
        equal(compute.find_flavor("m1.tiny").ram, 512)
    with step("image.images"):
        contains(names(cloud.image.images()), "tiny")
    with step("network.networks"):
        contains(names(cloud.network.networks()), "private")
    with step("identity.projects"):
        contains(names(cloud.identity.projects()), "dev")
    with step("compute.availability_zones"):
        contains(names(compute.availability_zones()), "nova")
    with step("compute.services"):
        equal({each.state for each in compute.services(binary="nova-compute")}, {"up"})
    with step("compute.hypervisors"):
        contains(names(compute.hypervisors()), "host-1")
    with step("compute.get_limits"):
        equal(compute.get_limits().absolute.instances, 50)
    with step("compute.get_quota_set"):
        equal(compute.get_quota_set(cloud.current_project_id).instances, 50)


def be_born():
    born = []
    with step("compute.create_keypair, keypairs, get_keypair"):
        compute.create_keypair(name="by-sdk", public_key=PUBLIC_KEY)
        contains(names(compute.keypairs()), "by-sdk")
        equal(compute.get_keypair("by-sdk").public_key, PUBLIC_KEY)
    with step("create_server with a key and user data, waiting"):
        server = cloud.create_server(
            "by-sdk",
            image="tiny",
            flavor="m1.tiny",
            network="private",
            meta={"made": "here"},
            key_name="by-sdk",
            userdata="#cloud-config\n{}\n",
            auto_ip=False,
            wait=True,
        )
        born.append(server)
        equal((server.status, server.metadata), ("ACTIVE", {"made": "here"}))
        equal((server.key_name, bool(server.has_config_drive)), ("by-sdk", True))
        did(server, "create", "ACTIVE")
    if not born:
        not_born("by-sdk")
    server = born[0]
    with step("compute.find_server"):
        equal(compute.find_server("by-sdk").id, server.id)
    with step("compute.servers"):
        equal([each.id for each in compute.servers(name="^by-sdk$")], [server.id])
    with step("compute.servers, page by page"):
        contains([each.id for each in compute.servers(limit=1)], server.id)
    with step("compute.get_server_console_output"):
        contains(compute.get_server_console_output(server)["output"], "Booting from")
    with step("compute.server_interfaces"):
        equal(len(list(compute.server_interfaces(server))), 1)
    return server


def switch_on_and_off(server):
    for name, act, action, status in [
        ("stop_server", compute.stop_server, "stop", "SHUTOFF"),
        ("start_server", compute.start_server, "start", "ACTIVE"),
        ("reboot_server SOFT", lambda it: compute.reboot_server(it, "SOFT"), "reboot", "ACTIVE"),
        ("reboot_server HARD", lambda it: compute.reboot_server(it, "HARD"), "reboot", "ACTIVE"),
        ("pause_server", compute.pause_server, "pause", "PAUSED"),
        ("unpause_server", compute.unpause_server, "unpause", "ACTIVE"),
        ("suspend_server", compute.suspend_server, "suspend", "SUSPENDED"),
        ("resume_server", compute.resume_server, "resume", "ACTIVE"),
        ("lock_server", lambda it: compute.lock_server(it, locked_reason="kept"), "lock", "ACTIVE"),
        ("unlock_server", compute.unlock_server, "unlock", "ACTIVE"),
    ]:
        with step(f"compute.{name}"):
            act(server)
            did(server, action, status)
    with step("compute.start_server of one that runs is refused"):
        refused(lambda: compute.start_server(server), exceptions.ConflictException)


def change(server):
    with step("compute.resize_server, wait_for_server"):
        compute.resize_server(server, compute.find_flavor("m1.small"))
        compute.wait_for_server(server, "VERIFY_RESIZE", interval=0.3)
        did(server, "resize", "VERIFY_RESIZE")
    with step("compute.confirm_server_resize"):
        compute.confirm_server_resize(server)
        did(server, "confirmResize", "ACTIVE")
        equal(compute.get_server(server).flavor.original_name, "m1.small")
    with step("compute.rebuild_server"):
        image = cloud.image.find_image("tiny2")
        compute.rebuild_server(server, image)
        did(server, "rebuild", "ACTIVE")
        equal(compute.get_server(server).image.id, image.id)
    with step("compute.rescue_server"):
        compute.rescue_server(server)
        did(server, "rescue", "RESCUE")
    with step("compute.unrescue_server"):
        compute.unrescue_server(server)
        did(server, "unrescue", "ACTIVE")
    with step("compute.shelve_server"):
        compute.shelve_server(server)
        did(server, "shelve", "SHELVED_OFFLOADED")
    with step("compute.unshelve_server"):
        compute.unshelve_server(server)
        did(server, "unshelve", "ACTIVE")
    with step("create_image_snapshot, waiting"):
        image = cloud.create_image_snapshot("snapshot-by-sdk", server, wait=True)
        did(server, "createImage", "ACTIVE")
        equal((image.name, image.status), ("snapshot-by-sdk", "active"))


def move(server):
    def host():
        return compute.get_server(server).compute_host

    before = host()
    with step("compute.migrate_server, confirm_server_resize"):
        compute.migrate_server(server)
        becomes(server, "VERIFY_RESIZE")
        compute.confirm_server_resize(server)
        did(server, "confirmResize", "ACTIVE")
        equal(host() == before, False)
    with step("compute.live_migrate_server"):
        compute.live_migrate_server(server, host=before)
        did(server, "live-migration", "ACTIVE")
        equal(host(), before)
    with step("compute.migrations"):
        kinds = [each.migration_type for each in compute.migrations(instance_uuid=server.id)]
        equal(kinds[:2], ["live-migration", "migration"])


def be_labelled(server):
    with step("compute.update_server"):
        compute.update_server(server, name="renamed")
        eventually(lambda: compute.get_server(server).name, "renamed")
    with step("compute.set_server_metadata, delete_server_metadata"):
        compute.set_server_metadata(server, more="words")
        eventually(lambda: compute.get_server(server).metadata, {"made": "here", "more": "words"})
        compute.delete_server_metadata(server, ["more"])
        eventually(lambda: compute.get_server(server).metadata, {"made": "here"})
    with step("compute.add_tag_to_server"):
        compute.add_tag_to_server(server, "red")
        eventually(lambda: compute.get_server(server).tags, ["red"])


def be_seen_by_member(server):
    with step("as member: compute.servers"):
        equal(list(member.compute.servers()), [])
    with step("as member: compute.get_server"):
        refused(lambda: member.compute.get_server(server.id), exceptions.NotFoundException)
    with step("as member: compute.hypervisors"):
        refused(lambda: list(member.compute.hypervisors()), exceptions.ForbiddenException)


def die(server):
    with step("delete_server, waiting"):
        equal(cloud.delete_server(server.id, wait=True), True)
        refused(lambda: compute.get_server(server.id), exceptions.NotFoundException)
    with step("compute.delete_keypair"):
        compute.delete_keypair("by-sdk")
        equal(list(compute.keypairs()), [])


look_around()
it = be_born()
switch_on_and_off(it)
change(it)
move(it)
be_labelled(it)
be_seen_by_member(it)
die(it)
