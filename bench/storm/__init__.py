"""The storm: a thousand callers in several processes against failing, metered vendors, and caps that must hold."""
