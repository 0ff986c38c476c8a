"""Pictures of flows: a flow as a graph in DOT, and Graphviz (as WebAssembly, in Node) to lay it out."""
