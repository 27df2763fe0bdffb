"""The numbered rules of the credential services, by subject."""
