// generate-sdk writes the SDK of a Pulumi package: generate-sdk LANGUAGE FOLDER LOADER < schema.json
//
// It is what the official language hosts do for `pulumi package gen-sdk`, on the same modules. LOADER is the address of
// the engine's own loader of the schemas that this one refers to.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: generate-sdk LANGUAGE FOLDER LOADER < schema.json"))
	}
	files, err := generate(os.Args[1], os.Args[3])
	if err != nil {
		fail(err)
	}
	if err := write(os.Args[2], files); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func generate(language, target string) (map[string][]byte, error) {
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		return nil, err
	}
	client, err := schema.NewLoaderClient(target)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	loader := schema.NewCachedLoader(client)
	pkg, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	const local = true
	switch language {
	case "python":
		return python.GeneratePackage("pulumi-language-python", pkg, nil, loader)
	case "nodejs":
		return nodejs.GeneratePackage("pulumi-language-nodejs", pkg, nil, nil, local, loader)
	}
	return nil, fmt.Errorf("there is no generator for %q here", language)
}

func write(folder string, files map[string][]byte) error {
	for name, data := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
