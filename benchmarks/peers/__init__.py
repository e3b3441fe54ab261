"""The same jobs as other tools do them."""
