package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

const patience = 90 * time.Second

// did is what is written of a step: one line of JSON on the standard output.
type did struct {
	Step         string  `json:"step"`
	Milliseconds float64 `json:"milliseconds"`
	Problem      *string `json:"problem"`
}

// step does something under a name. What goes wrong is told, and the life goes on.
func step(name string, act func() error) {
	start := time.Now()
	var problem *string
	if err := act(); err != nil {
		said := err.Error()
		problem = &said
	}
	line, err := json.Marshal(did{name, float64(time.Since(start).Microseconds()) / 1000, problem})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(line))
}

func equal[T comparable](actual, expected T) error {
	if actual != expected {
		return fmt.Errorf("%v, where %v was expected", actual, expected)
	}
	return nil
}

// eventually looks until what is seen is as expected.
func eventually[T comparable](look func() (T, error), expected T) error {
	deadline := time.Now().Add(patience)
	for {
		seen, err := look()
		if err != nil {
			return err
		}
		problem := equal(seen, expected)
		if problem == nil || time.Now().After(deadline) {
			return problem
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// inOrder stops at the first of the acts that goes wrong.
func inOrder(acts ...func() error) error {
	for _, act := range acts {
		if err := act(); err != nil {
			return err
		}
	}
	return nil
}
