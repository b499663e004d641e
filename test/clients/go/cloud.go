package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/instanceactions"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
)

const newest = "2.96"

// cloud is one of those of the file that OS_CLIENT_CONFIG_FILE names, with the services it offers.
type cloud struct {
	compute *gophercloud.ServiceClient
	image   *gophercloud.ServiceClient
	network *gophercloud.ServiceClient
}

func connect(ctx context.Context, name string) (cloud, error) {
	auth, endpoints, tls, err := clouds.Parse(clouds.WithCloudName(name))
	if err != nil {
		return cloud{}, err
	}
	provider, err := config.NewProviderClient(ctx, auth, config.WithTLSConfig(tls))
	if err != nil {
		return cloud{}, err
	}
	compute, err := openstack.NewComputeV2(provider, endpoints)
	if err != nil {
		return cloud{}, err
	}
	compute.Microversion = newest
	image, err := openstack.NewImageV2(provider, endpoints)
	if err != nil {
		return cloud{}, err
	}
	network, err := openstack.NewNetworkV2(provider, endpoints)
	if err != nil {
		return cloud{}, err
	}
	return cloud{compute, image, network}, nil
}

// becomes waits until a server has a status and no task is at work on it.
func (c cloud) becomes(ctx context.Context, id, status string) error {
	return eventually(func() (string, error) {
		server, err := servers.Get(ctx, c.compute, id).Extract()
		if err != nil {
			return "", err
		}
		return server.Status + " " + server.TaskState, nil
	}, status+" ")
}

// did waits for the status, and until the newest action of the server is this one with all its events succeeded.
func (c cloud) did(ctx context.Context, id, action, status string) error {
	if err := c.becomes(ctx, id, status); err != nil {
		return err
	}
	return eventually(func() (string, error) {
		pages, err := instanceactions.List(c.compute, id, nil).AllPages(ctx)
		if err != nil {
			return "", err
		}
		actions, err := instanceactions.ExtractInstanceActions(pages)
		if err != nil || len(actions) == 0 {
			return "", errors.Join(err, fmt.Errorf("%d actions", len(actions)))
		}
		return c.outcome(ctx, id, actions[0].RequestID)
	}, action+" Success")
}

// outcome is the name of an action and the results of its events, each once.
func (c cloud) outcome(ctx context.Context, id, request string) (string, error) {
	detail, err := instanceactions.Get(ctx, c.compute, id, request).Extract()
	if err != nil {
		return "", err
	}
	text, seen := detail.Action, map[string]bool{}
	if detail.Events == nil {
		return text, nil
	}
	for _, event := range *detail.Events {
		if !seen[event.Result] {
			seen[event.Result] = true
			text += " " + event.Result
		}
	}
	return text, nil
}

// refusedWith says whether the answer was this one.
func refusedWith(err error, status int) error {
	if err == nil {
		return fmt.Errorf("this should have been refused with %d %s", status, http.StatusText(status))
	}
	if !gophercloud.ResponseCodeIs(err, status) {
		return err
	}
	return nil
}
