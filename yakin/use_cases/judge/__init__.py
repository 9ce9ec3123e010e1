"""The on-premises judge's question: like a use case, but asked by yakin itself and offered to nobody."""
