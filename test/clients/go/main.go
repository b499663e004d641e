// A whole life of a server by gophercloud: every step writes a line of JSON that says what came of it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
)

func main() {
	if err := live(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func live(ctx context.Context) error {
	admin, err := connect(ctx, "dev-admin")
	if err != nil {
		return err
	}
	member, err := connect(ctx, "dev-member")
	if err != nil {
		return err
	}
	found := lookAround(ctx, admin)
	server := beBorn(ctx, admin, found)
	if server == "" {
		return fmt.Errorf("no server could be created")
	}
	it := life{ctx, admin, server}
	it.switchOnAndOff()
	it.change(found)
	it.move()
	it.beLabelled()
	beSeenByMember(ctx, member, server)
	it.die()
	return nil
}

// life is of one server, seen by an admin.
type life struct {
	ctx   context.Context
	cloud cloud
	id    string
}

func (l life) get() (*servers.Server, error) {
	return servers.Get(l.ctx, l.cloud.compute, l.id).Extract()
}
