from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"

    def ready(self) -> None:
        """Have people asked about their walls before they are shut out; accounts know of no clients."""
        from accounts.services import BEFORE_DEACTIVATION  # noqa: PLC0415 - models are there from now on only
        from clients.services import demand_nobody_shut_out  # noqa: PLC0415 - as above

        BEFORE_DEACTIVATION.append(demand_nobody_shut_out)
