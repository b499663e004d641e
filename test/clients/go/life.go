package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/hypervisors"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/migrations"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/tags"
)

// does asks for something, and waits until it is the newest action and has led to the status.
func (l life) does(name, action, status string, ask func(ctx context.Context, c *gophercloud.ServiceClient, id string) error) {
	step("servers."+name, func() error {
		if err := ask(l.ctx, l.cloud.compute, l.id); err != nil {
			return err
		}
		return l.cloud.did(l.ctx, l.id, action, status)
	})
}

func reboot(how servers.RebootMethod) func(context.Context, *gophercloud.ServiceClient, string) error {
	return func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		return servers.Reboot(ctx, c, id, servers.RebootOpts{Type: how}).ExtractErr()
	}
}

// plain are the actions that need nothing but the server: each with the word by which Nova knows it.
func plain[R interface{ ExtractErr() error }](
	act func(context.Context, *gophercloud.ServiceClient, string) R,
) func(context.Context, *gophercloud.ServiceClient, string) error {
	return func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		return act(ctx, c, id).ExtractErr()
	}
}

func (l life) switchOnAndOff() {
	l.does("Stop", "stop", "SHUTOFF", plain(servers.Stop))
	l.does("Start", "start", "ACTIVE", plain(servers.Start))
	l.does("Reboot soft", "reboot", "ACTIVE", reboot(servers.SoftReboot))
	l.does("Reboot hard", "reboot", "ACTIVE", reboot(servers.HardReboot))
	l.does("Pause", "pause", "PAUSED", plain(servers.Pause))
	l.does("Unpause", "unpause", "ACTIVE", plain(servers.Unpause))
	l.does("Suspend", "suspend", "SUSPENDED", plain(servers.Suspend))
	l.does("Resume", "resume", "ACTIVE", plain(servers.Resume))
	l.does("Lock", "lock", "ACTIVE", plain(servers.Lock))
	l.does("Unlock", "unlock", "ACTIVE", plain(servers.Unlock))
	step("servers.Start of one that runs is refused", func() error {
		return refusedWith(servers.Start(l.ctx, l.cloud.compute, l.id).ExtractErr(), http.StatusConflict)
	})
}

func (l life) change(found catalogue) {
	l.does("Resize", "resize", "VERIFY_RESIZE", func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		return servers.Resize(ctx, c, id, servers.ResizeOpts{FlavorRef: found.flavors["m1.small"]}).ExtractErr()
	})
	l.does("ConfirmResize", "confirmResize", "ACTIVE", plain(servers.ConfirmResize))
	step("servers.Get has the new flavor", func() error {
		shown, err := l.get()
		if err != nil {
			return err
		}
		return equal(shown.Flavor["original_name"], any("m1.small"))
	})
	l.does("Rebuild", "rebuild", "ACTIVE", func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		return servers.Rebuild(ctx, c, id, servers.RebuildOpts{ImageRef: found.images["tiny2"]}).Err
	})
	step("servers.Get has the new image", func() error {
		shown, err := l.get()
		if err != nil {
			return err
		}
		return equal(shown.Image["id"], any(found.images["tiny2"]))
	})
	l.does("Rescue", "rescue", "RESCUE", func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		return servers.Rescue(ctx, c, id, servers.RescueOpts{}).Err
	})
	l.does("Unrescue", "unrescue", "ACTIVE", plain(servers.Unrescue))
	l.does("Shelve", "shelve", "SHELVED_OFFLOADED", plain(servers.Shelve))
	l.does("Unshelve", "unshelve", "ACTIVE", func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		return servers.Unshelve(ctx, c, id, servers.UnshelveOpts{}).ExtractErr()
	})
	l.does("CreateImage", "createImage", "ACTIVE", func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		_, err := servers.CreateImage(ctx, c, id, servers.CreateImageOpts{Name: "snapshot-by-gophercloud"}).ExtractImageID()
		return err
	})
}

func (l life) move() {
	var places []string
	note := func() error {
		shown, err := l.get()
		if err == nil {
			places = append(places, shown.Host)
		}
		return err
	}
	step("servers.Migrate, ConfirmResize", func() error {
		return inOrder(
			note,
			func() error { return servers.Migrate(l.ctx, l.cloud.compute, l.id).ExtractErr() },
			func() error { return l.cloud.becomes(l.ctx, l.id, "VERIFY_RESIZE") },
			func() error { return servers.ConfirmResize(l.ctx, l.cloud.compute, l.id).ExtractErr() },
			func() error { return l.cloud.did(l.ctx, l.id, "confirmResize", "ACTIVE") },
			note,
			func() error { return equal(places[0] == places[1], false) },
		)
	})
	l.does("LiveMigrate", "live-migration", "ACTIVE", func(ctx context.Context, c *gophercloud.ServiceClient, id string) error {
		// The newest version wants to hear nothing of the disk; the one before "auto" wants all of it.
		older := *c
		older.Microversion = "2.24"
		no := false
		return servers.LiveMigrate(ctx, &older, id, servers.LiveMigrateOpts{BlockMigration: &no, DiskOverCommit: &no}).ExtractErr()
	})
	step("migrations.List", func() error {
		pages, err := migrations.List(l.cloud.compute, migrations.ListOpts{InstanceID: &l.id}).AllPages(l.ctx)
		if err != nil {
			return err
		}
		listed, err := migrations.ExtractMigrations(pages)
		if err != nil || len(listed) != 3 {
			return errors.Join(err, equal(len(listed), 3))
		}
		return equal(listed[0].MigrationType+" "+listed[1].MigrationType+" "+listed[2].MigrationType, "live-migration migration resize")
	})
}

func (l life) beLabelled() {
	step("servers.Update", func() error {
		if err := servers.Update(l.ctx, l.cloud.compute, l.id, servers.UpdateOpts{Name: "renamed"}).Err; err != nil {
			return err
		}
		return eventually(func() (string, error) {
			shown, err := l.get()
			if err != nil {
				return "", err
			}
			return shown.Name, nil
		}, "renamed")
	})
	step("servers.UpdateMetadata, DeleteMetadatum", func() error {
		more := servers.MetadataOpts{"more": "words"}
		return inOrder(
			func() error { return servers.UpdateMetadata(l.ctx, l.cloud.compute, l.id, more).Err },
			func() error { return servers.DeleteMetadatum(l.ctx, l.cloud.compute, l.id, "more").ExtractErr() },
			func() error {
				metadata, err := servers.Metadata(l.ctx, l.cloud.compute, l.id).Extract()
				if err != nil {
					return err
				}
				return equal(metadata["made"]+metadata["more"], "here")
			},
		)
	})
	step("tags.Add, Check", func() error {
		if err := tags.Add(l.ctx, l.cloud.compute, l.id, "red").ExtractErr(); err != nil {
			return err
		}
		there, err := tags.Check(l.ctx, l.cloud.compute, l.id, "red").Extract()
		if err != nil {
			return err
		}
		return equal(there, true)
	})
}

func beSeenByMember(ctx context.Context, c cloud, id string) {
	step("as member: servers.List", func() error {
		listed, err := idsOf(ctx, servers.List(c.compute, nil), servers.ExtractServers,
			func(it servers.Server) (string, string) { return it.Name, it.ID })
		if err != nil {
			return err
		}
		return equal(len(listed), 0)
	})
	step("as member: servers.Get", func() error {
		return refusedWith(servers.Get(ctx, c.compute, id).Err, http.StatusNotFound)
	})
	step("as member: hypervisors.List", func() error {
		_, err := hypervisors.List(c.compute, nil).AllPages(ctx)
		return refusedWith(err, http.StatusForbidden)
	})
}

func (l life) die() {
	step("servers.Delete", func() error {
		if err := servers.Delete(l.ctx, l.cloud.compute, l.id).ExtractErr(); err != nil {
			return err
		}
		return eventually(func() (bool, error) {
			_, err := l.get()
			return gophercloud.ResponseCodeIs(err, http.StatusNotFound), nil
		}, true)
	})
}
