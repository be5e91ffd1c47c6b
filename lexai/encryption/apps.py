from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    name = "lexai.encryption"
    label = "encryption"
    verbose_name = "Encryption"
