"""Networks from which a client may call, written as CIDR."""

import ipaddress


def network_text(text: str) -> str:
    """The network that `text` names: "10.1.2.3" is itself, "10.1.2.3/16" all of 10.1.0.0/16.

    Raises ValueError with a plain message for anything else.
    """
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError(f"{text!r} is not an address or a network such as 10.1.0.0/16.") from None
