package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// UseFile is a hook for kong's BeforeResolve: it reads the file named by the
// flag --config or by BANGFU_CONFIG, and the files named by BANGFU_…_FILE for
// secrets.
func UseFile(context *kong.Context) error {
	context.AddResolver(kong.ResolverFunc(secretFromFile))
	for _, flag := range context.Flags() {
		if flag.Name != "config" {
			continue
		}
		name, _ := context.FlagValue(flag).(string)
		if name == "" {
			return nil
		}
		file, err := readFile(name)
		if err != nil {
			return fmt.Errorf("reading settings from %s: %w", name, err)
		}
		context.AddResolver(file)
	}
	return nil
}

// file answers kong from a file of settings. kong asks resolvers after it has
// read the environment and lets their answer win; so that the environment wins,
// a file says nothing about a flag whose variable is set.
type file struct{ values map[string]any }

// readFile reads YAML, of which JSON is a part.
func readFile(name string) (file, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return file{}, errors.Unwrap(err)
	}
	return parse(bytes.NewReader(content))
}

func parse(reader io.Reader) (file, error) {
	var content map[string]any
	err := yaml.NewDecoder(reader).Decode(&content)
	if err != nil && !errors.Is(err, io.EOF) {
		return file{}, err
	}
	values := map[string]any{}
	flatten("", content, values)
	return file{values: values}, nil
}

// flatten joins nested keys with dashes: archive: {max-open: 5} is the flag
// --archive-max-open.
func flatten(prefix string, content, values map[string]any) {
	for key, value := range content {
		name := prefix + strings.ReplaceAll(key, "_", "-")
		if nested, isGroup := value.(map[string]any); isGroup {
			flatten(name+"-", nested, values)
			continue
		}
		values[name] = value
	}
}

// Resolve implements kong.Resolver.
func (f file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if setByEnvironment(flag) {
		return nil, nil
	}
	value, present := f.values[flag.Name]
	if !present {
		return nil, nil
	}
	if list, isList := value.([]any); isList {
		words := make([]string, len(list))
		for position, item := range list {
			words[position] = fmt.Sprint(item)
		}
		return strings.Join(words, ","), nil
	}
	return fmt.Sprint(value), nil
}

// Validate implements kong.Resolver: a key that no command knows is a typing
// error, and a typing error in a file of settings must not pass unseen.
func (f file) Validate(application *kong.Application) error {
	known := map[string]bool{}
	_ = kong.Visit(application, func(node kong.Visitable, next kong.Next) error {
		if flag, isFlag := node.(*kong.Flag); isFlag {
			known[flag.Name] = true
		}
		return next(nil)
	})
	var unknown []string
	for name := range f.values {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("the file of settings has unknown keys: %s", strings.Join(unknown, ", "))
}

// secretFromFile answers for a setting marked as secret from the file that its
// variable with _FILE names: containers hand secrets over as files.
func secretFromFile(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !flag.Tag.Has("secret") || setByEnvironment(flag) {
		return nil, nil
	}
	name := secretFile(flag)
	if name == "" {
		return nil, nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the secret for --%s from %s: %w", flag.Name, name, errors.Unwrap(err))
	}
	return strings.TrimRight(string(content), "\r\n"), nil
}

func secretFile(flag *kong.Flag) string {
	for _, name := range flag.Tag.Envs {
		if file := os.Getenv(name + "_FILE"); file != "" {
			return file
		}
	}
	return ""
}

func setByEnvironment(flag *kong.Flag) bool {
	return slices.ContainsFunc(flag.Tag.Envs, func(name string) bool {
		_, set := os.LookupEnv(name)
		return set
	})
}

// Variables lists the environment variables that a program knows, with those
// that name a secret's file.
func Variables(application *kong.Application) []string {
	var names []string
	_ = kong.Visit(application, func(node kong.Visitable, next kong.Next) error {
		if flag, isFlag := node.(*kong.Flag); isFlag {
			names = append(names, flag.Tag.Envs...)
			if flag.Tag.Has("secret") {
				for _, name := range flag.Tag.Envs {
					names = append(names, name+"_FILE")
				}
			}
		}
		return next(nil)
	})
	slices.Sort(names)
	return slices.Compact(names)
}
