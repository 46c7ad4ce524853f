package paper_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/stretchr/testify/require"
)

// node is an XML element as the tests read it.
type node struct {
	name       string
	attributes map[string]string
	text       string
	children   []*node
}

// parse reads a whole XML document, strictly.
func parse(t require.TestingT, data []byte) *node {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	root := &node{}
	open := []*node{root}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		last := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			one := &node{name: token.Name.Local, attributes: map[string]string{}}
			for _, attribute := range token.Attr {
				one.attributes[attribute.Name.Local] = attribute.Value
			}
			last.children = append(last.children, one)
			open = append(open, one)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(token)
		}
	}
	require.Len(t, open, 1)
	require.Len(t, root.children, 1)
	return root.children[0]
}

// all are the elements of the name below the node, in order.
func (n *node) all(name string) []*node {
	var found []*node
	for _, child := range n.children {
		if child.name == name {
			found = append(found, child)
		}
		found = append(found, child.all(name)...)
	}
	return found
}

// one is the first element of the path below the node, or an empty one.
func (n *node) one(path ...string) *node {
	current := n
	for _, name := range path {
		found := current.all(name)
		if len(found) == 0 {
			return &node{}
		}
		current = found[0]
	}
	return current
}

// words are the texts of a paragraph, with its breaks and tabs.
func (n *node) words() string {
	var text strings.Builder
	for _, run := range n.all("r") {
		for _, child := range run.children {
			switch child.name {
			case "t":
				text.WriteString(child.text)
			case "br":
				text.WriteString("\n")
			case "tab":
				text.WriteString("\t")
			}
		}
	}
	return text.String()
}

// unpacked are the parts of an Office package.
func unpacked(t require.TestingT, data []byte) map[string][]byte {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	parts := map[string][]byte{}
	for _, file := range archive.File {
		opened, err := file.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(opened)
		require.NoError(t, err, file.Name)
		require.NotContains(t, parts, file.Name)
		parts[file.Name] = content
		require.Equal(t, 1980, file.Modified.Year(), "a package bears no time of its making")
	}
	return parts
}
