"""The browser page of the sandbox: what a person sees of the workspace, and can do in it."""
