package main

import (
	"context"
	"fmt"

	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/availabilityzones"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/hypervisors"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/keypairs"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/limits"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/services"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/v2/pagination"
)

// publicKey is what a user has at home, for guests to let them in.
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOsqjuqVIF590VubCWo8lq72rWbtlQpBR3XrqDReioua mia@laptop"

// catalogue has the ids of what there is, by name.
type catalogue struct {
	flavors  map[string]string
	images   map[string]string
	networks map[string]string
}

// idsOf reads all pages of a list.
func idsOf[T any](
	ctx context.Context,
	pager pagination.Pager,
	extract func(pagination.Page) ([]T, error),
	nameAndID func(T) (string, string),
) (map[string]string, error) {
	pages, err := pager.AllPages(ctx)
	if err != nil {
		return nil, err
	}
	listed, err := extract(pages)
	ids := map[string]string{}
	for _, each := range listed {
		name, id := nameAndID(each)
		ids[name] = id
	}
	return ids, err
}

func has(ids map[string]string, name string) error {
	if ids[name] == "" {
		return fmt.Errorf("%s is not among %v", name, ids)
	}
	return nil
}

func lookAround(ctx context.Context, c cloud) (found catalogue) {
	step("flavors.ListDetail", func() (err error) {
		found.flavors, err = idsOf(ctx, flavors.ListDetail(c.compute, nil), flavors.ExtractFlavors,
			func(it flavors.Flavor) (string, string) { return it.Name, it.ID })
		if err != nil {
			return err
		}
		return has(found.flavors, "m1.tiny")
	})
	step("images.List", func() (err error) {
		found.images, err = idsOf(ctx, images.List(c.image, nil), images.ExtractImages,
			func(it images.Image) (string, string) { return it.Name, it.ID })
		if err != nil {
			return err
		}
		return has(found.images, "tiny")
	})
	step("networks.List", func() (err error) {
		found.networks, err = idsOf(ctx, networks.List(c.network, nil), networks.ExtractNetworks,
			func(it networks.Network) (string, string) { return it.Name, it.ID })
		if err != nil {
			return err
		}
		return has(found.networks, "private")
	})
	step("availabilityzones.List", func() error {
		zones, err := idsOf(ctx, availabilityzones.List(c.compute), availabilityzones.ExtractAvailabilityZones,
			func(it availabilityzones.AvailabilityZone) (string, string) { return it.ZoneName, it.ZoneName })
		if err != nil {
			return err
		}
		return has(zones, "nova")
	})
	step("services.List", func() error {
		states, err := idsOf(ctx, services.List(c.compute, services.ListOpts{Binary: "nova-compute"}), services.ExtractServices,
			func(it services.Service) (string, string) { return it.Host, it.State })
		if err != nil {
			return err
		}
		return equal(states["host-1"]+" "+states["host-2"], "up up")
	})
	step("hypervisors.List", func() error {
		found, err := idsOf(ctx, hypervisors.List(c.compute, nil), hypervisors.ExtractHypervisors,
			func(it hypervisors.Hypervisor) (string, string) { return it.HypervisorHostname, it.ID })
		if err != nil {
			return err
		}
		return has(found, "host-1")
	})
	step("limits.Get", func() error {
		it, err := limits.Get(ctx, c.compute, nil).Extract()
		if err != nil {
			return err
		}
		return equal(it.Absolute.MaxTotalInstances, 50)
	})
	step("keypairs.Create, List, Delete", func() error {
		wanted := keypairs.CreateOpts{Name: "by-gophercloud", PublicKey: publicKey}
		made, err := keypairs.Create(ctx, c.compute, wanted).Extract()
		if err != nil {
			return err
		}
		found, err := idsOf(ctx, keypairs.List(c.compute, nil), keypairs.ExtractKeyPairs,
			func(it keypairs.KeyPair) (string, string) { return it.Name, it.Fingerprint })
		if err != nil {
			return err
		}
		if err := equal(found["by-gophercloud"], made.Fingerprint); err != nil {
			return err
		}
		return keypairs.Delete(ctx, c.compute, made.Name, nil).ExtractErr()
	})
	return found
}

// beBorn returns the id of the server, and none where it could not be created.
func beBorn(ctx context.Context, c cloud, found catalogue) (id string) {
	step("servers.Create", func() error {
		created, err := servers.Create(ctx, c.compute, servers.CreateOpts{
			Name:      "by-gophercloud",
			FlavorRef: found.flavors["m1.tiny"],
			ImageRef:  found.images["tiny"],
			Networks:  []servers.Network{{UUID: found.networks["private"]}},
			Metadata:  map[string]string{"made": "here"},
		}, nil).Extract()
		if err != nil {
			return err
		}
		id = created.ID
		if err := c.did(ctx, id, "create", "ACTIVE"); err != nil {
			return err
		}
		shown, err := servers.Get(ctx, c.compute, id).Extract()
		if err != nil {
			return err
		}
		return equal(shown.Name+" "+shown.Metadata["made"], "by-gophercloud here")
	})
	if id == "" {
		return ""
	}
	step("servers.List", func() error {
		named, err := idsOf(ctx, servers.List(c.compute, servers.ListOpts{Name: "^by-gophercloud$"}), servers.ExtractServers,
			func(it servers.Server) (string, string) { return it.Name, it.ID })
		if err != nil {
			return err
		}
		return equal(named["by-gophercloud"], id)
	})
	step("servers.List, page by page", func() error {
		named, err := idsOf(ctx, servers.List(c.compute, servers.ListOpts{Limit: 1}), servers.ExtractServers,
			func(it servers.Server) (string, string) { return it.Name, it.ID })
		if err != nil {
			return err
		}
		return has(named, "by-gophercloud")
	})
	step("servers.ShowConsoleOutput", func() error {
		output, err := servers.ShowConsoleOutput(ctx, c.compute, id, servers.ShowConsoleOutputOpts{Length: 10}).Extract()
		if err != nil {
			return err
		}
		return equal(output != "", true)
	})
	return id
}
