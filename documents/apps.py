from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self) -> None:
        from documents import resealing, search  # noqa: PLC0415 - models can be imported from now on
        from lexai.encryption.rotation import RESEALERS, Resealer  # noqa: PLC0415 - as above

        RESEALERS.append(Resealer(resealing.remaining, resealing.reseal))
        RESEALERS.append(Resealer(search.remaining, search.reseal))
