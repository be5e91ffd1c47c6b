from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self) -> None:
        from accounts.usage import STORED_BYTES  # noqa: PLC0415 - models can be imported from now on
        from documents import resealing, search  # noqa: PLC0415 - as above
        from documents.models import Document  # noqa: PLC0415 - as above
        from lexai.encryption.rotation import RESEALERS, Resealer  # noqa: PLC0415 - as above

        RESEALERS.append(Resealer(resealing.remaining, resealing.reseal))
        RESEALERS.append(Resealer(search.remaining, search.reseal))
        STORED_BYTES.append(lambda firm_id: Document.objects.of_firm(firm_id).bytes_stored())
