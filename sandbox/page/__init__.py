"""The browser page of the sandbox: the workspace as one person sees and uses it."""
