"""The virtual rig as instruments, which drivers reach through their protocols."""
