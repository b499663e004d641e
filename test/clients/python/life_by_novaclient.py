"""A whole life of a server by python-novaclient."""

import openstack.config
from novaclient import client, exceptions
from steps import PUBLIC_KEY, contains, equal, eventually, not_born, refused, step

NEWEST = "2.96"


def nova_of(cloud):
    return client.Client(NEWEST, session=openstack.config.get_cloud_region(cloud=cloud).get_session())


nova = nova_of("dev-admin")
member = nova_of("dev-member")


def names(listed):
    return [each.name for each in listed]


def state(server):
    """What a client waits for: the status, and that no task is at work."""
    shown = nova.servers.get(server)
    return shown.status, getattr(shown, "OS-EXT-STS:task_state")


def becomes(server, status):
    eventually(lambda: state(server), (status, None))


def did(server, action, status):
    """The status is reached, and the newest action of the server is this one, with all its events succeeded."""
    becomes(server, status)
    newest = nova.instance_action.list(server)[0]
    equal(newest.action, action)
    eventually(
        lambda: {event["result"] for event in nova.instance_action.get(server, newest.request_id).events}, {"Success"}
    )


def host(server):
    return getattr(nova.servers.get(server), "OS-EXT-SRV-ATTR:host")


def look_around():
    with step("flavors.list"):
        contains(names(nova.flavors.list()), "m1.tiny")
    with step("flavors.get"):
        equal(nova.flavors.get("1").ram, 512)
    with step("glance.find_image"):
        equal(nova.glance.find_image("tiny").name, "tiny")
    with step("neutron.find_network"):
        equal(nova.neutron.find_network("private").name, "private")
    with step("keypairs.create, list, delete"):
        made = nova.keypairs.create("by-novaclient", public_key=PUBLIC_KEY)
        equal([(pair.name, pair.fingerprint) for pair in nova.keypairs.list()], [("by-novaclient", made.fingerprint)])
        nova.keypairs.delete(made)
        equal(nova.keypairs.list(), [])
    with step("availability_zones.list"):
        contains([zone.zoneName for zone in nova.availability_zones.list()], "nova")
    with step("services.list"):
        equal({service.state for service in nova.services.list(binary="nova-compute")}, {"up"})
    with step("hypervisors.list"):
        contains([each.hypervisor_hostname for each in nova.hypervisors.list()], "host-1")
    with step("limits.get"):
        equal({limit.name: limit.value for limit in nova.limits.get().absolute}["maxTotalInstances"], 50)
    with step("quotas.get"):
        equal(nova.quotas.get(nova.client.get_project_id()).instances, 50)
    with step("versions.list"):
        contains([each.version for each in nova.versions.list()], NEWEST)


def be_born():
    born = []
    with step("servers.create"):
        server = nova.servers.create(
            "by-novaclient",
            nova.glance.find_image("tiny"),
            nova.flavors.get("1"),
            nics=[{"net-id": nova.neutron.find_network("private").id}],
            meta={"made": "here"},
            description="a life",
        )
        born.append(server)
        did(server, "create", "ACTIVE")
        shown = nova.servers.get(server)
        equal((shown.name, shown.metadata, shown.description), ("by-novaclient", {"made": "here"}, "a life"))
    if not born:
        not_born("by-novaclient")
    server = born[0]
    with step("servers.list"):
        equal([each.id for each in nova.servers.list(search_opts={"name": "^by-novaclient$"})], [server.id])
    with step("servers.list sorted and paged"):
        listed = nova.servers.list(sort_keys=["display_name"], sort_dirs=["asc"], limit=-1)
        contains([each.id for each in listed], server.id)
    with step("servers.get_console_output"):
        contains(nova.servers.get_console_output(server), "Booting from")
    with step("servers.ips"):
        contains(list(nova.servers.ips(server)), "private")
    with step("servers.interface_list"):
        equal(len(nova.servers.interface_list(server)), 1)
    with step("volumes.get_server_volumes"):
        equal(nova.volumes.get_server_volumes(server.id), [])
    return server


def switch_on_and_off(server):
    for name, act, action, status in [
        ("stop", nova.servers.stop, "stop", "SHUTOFF"),
        ("start", nova.servers.start, "start", "ACTIVE"),
        ("reboot SOFT", lambda it: nova.servers.reboot(it, "SOFT"), "reboot", "ACTIVE"),
        ("reboot HARD", lambda it: nova.servers.reboot(it, "HARD"), "reboot", "ACTIVE"),
        ("pause", nova.servers.pause, "pause", "PAUSED"),
        ("unpause", nova.servers.unpause, "unpause", "ACTIVE"),
        ("suspend", nova.servers.suspend, "suspend", "SUSPENDED"),
        ("resume", nova.servers.resume, "resume", "ACTIVE"),
        ("lock", lambda it: nova.servers.lock(it, reason="kept"), "lock", "ACTIVE"),
        ("unlock", nova.servers.unlock, "unlock", "ACTIVE"),
        ("trigger_crash_dump", nova.servers.trigger_crash_dump, "trigger_crash_dump", "ACTIVE"),
        ("change_password", lambda it: nova.servers.change_password(it, "fleeting"), "changePassword", "ACTIVE"),
    ]:
        with step(f"servers.{name}"):
            act(server)
            did(server, action, status)
    with step("servers.start of one that runs is refused"):
        refused(lambda: nova.servers.start(server), exceptions.Conflict)


def change(server):
    def flavor():
        return nova.servers.get(server).flavor["original_name"]

    with step("servers.resize"):
        nova.servers.resize(server, nova.flavors.get("2"))
        did(server, "resize", "VERIFY_RESIZE")
        equal(flavor(), "m1.small")
    with step("servers.revert_resize"):
        nova.servers.revert_resize(server)
        did(server, "revertResize", "ACTIVE")
        equal(flavor(), "m1.tiny")
    with step("servers.resize, confirm_resize"):
        nova.servers.resize(server, nova.flavors.get("2"))
        becomes(server, "VERIFY_RESIZE")
        nova.servers.confirm_resize(server)
        did(server, "confirmResize", "ACTIVE")
        equal(flavor(), "m1.small")
    with step("servers.rebuild"):
        image = nova.glance.find_image("tiny2")
        nova.servers.rebuild(server, image, name="rebuilt")
        did(server, "rebuild", "ACTIVE")
        shown = nova.servers.get(server)
        equal((shown.image["id"], shown.name), (image.id, "rebuilt"))
    with step("servers.rescue"):
        nova.servers.rescue(server)
        did(server, "rescue", "RESCUE")
    with step("servers.unrescue"):
        nova.servers.unrescue(server)
        did(server, "unrescue", "ACTIVE")
    with step("servers.shelve"):
        nova.servers.shelve(server)
        did(server, "shelve", "SHELVED_OFFLOADED")
    with step("servers.unshelve"):
        nova.servers.unshelve(server)
        did(server, "unshelve", "ACTIVE")
    with step("servers.create_image"):
        image = nova.servers.create_image(server, "snapshot-by-novaclient")
        did(server, "createImage", "ACTIVE")
        equal(nova.glance.find_image(image).name, "snapshot-by-novaclient")
    with step("servers.backup"):
        nova.servers.backup(server, "backup-by-novaclient", "daily", 1)
        did(server, "createBackup", "ACTIVE")


def move(server):
    before = host(server)
    with step("servers.migrate, confirm_resize"):
        nova.servers.migrate(server)
        becomes(server, "VERIFY_RESIZE")
        nova.servers.confirm_resize(server)
        did(server, "confirmResize", "ACTIVE")
        equal(host(server) == before, False)
    with step("servers.live_migrate"):
        nova.servers.live_migrate(server, before, "auto")
        did(server, "live-migration", "ACTIVE")
        equal(host(server), before)
    with step("migrations.list"):
        kinds = [each.migration_type for each in nova.migrations.list(instance_uuid=server.id)]
        equal(kinds[:2], ["live-migration", "migration"])


def be_labelled(server):
    with step("servers.update"):
        nova.servers.update(server, name="renamed", description="changed")
        eventually(lambda: (nova.servers.get(server).name, nova.servers.get(server).description), ("renamed", "changed"))
    with step("servers.set_meta, delete_meta"):
        nova.servers.set_meta(server, {"more": "words"})
        eventually(lambda: nova.servers.get(server).metadata, {"made": "here", "more": "words"})
        nova.servers.delete_meta(server, ["more"])
        eventually(lambda: nova.servers.get(server).metadata, {"made": "here"})
    with step("servers.set_tags, add_tag, delete_tag"):
        nova.servers.set_tags(server, ["red", "green"])
        nova.servers.add_tag(server, "blue")
        nova.servers.delete_tag(server, "green")
        eventually(lambda: sorted(nova.servers.tag_list(server)), ["blue", "red"])
    with step("servers.interface_attach, interface_detach"):
        port = nova.servers.interface_attach(server, None, nova.neutron.find_network("private").id, None).port_id
        did(server, "attach_interface", "ACTIVE")
        equal(len(nova.servers.interface_list(server)), 2)
        nova.servers.interface_detach(server, port)
        did(server, "detach_interface", "ACTIVE")
        equal(len(nova.servers.interface_list(server)), 1)


def be_seen_by_member(server):
    with step("as member: servers.list"):
        equal(member.servers.list(), [])
    with step("as member: servers.get"):
        refused(lambda: member.servers.get(server.id), exceptions.NotFound)
    with step("as member: hypervisors.list"):
        refused(member.hypervisors.list, exceptions.Forbidden)


def die(server):
    with step("servers.delete"):
        nova.servers.delete(server)
        eventually(lambda: [each.id for each in nova.servers.list(search_opts={"uuid": server.id})], [])
        refused(lambda: nova.servers.get(server.id), exceptions.NotFound)


look_around()
it = be_born()
switch_on_and_off(it)
change(it)
move(it)
be_labelled(it)
be_seen_by_member(it)
die(it)
