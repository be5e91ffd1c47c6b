from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"

    def ready(self) -> None:
        """Have clients named, and people asked about their walls before they are shut out: accounts know neither."""
        from accounts.client_names import NAMED  # noqa: PLC0415 - models are there from now on only
        from accounts.services import BEFORE_DEACTIVATION  # noqa: PLC0415 - as above
        from clients.models import names_of  # noqa: PLC0415 - as above
        from clients.services import demand_nobody_shut_out  # noqa: PLC0415 - as above

        BEFORE_DEACTIVATION.append(demand_nobody_shut_out)
        NAMED.append(names_of)
