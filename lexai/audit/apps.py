from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lexai.audit"
    label = "audit"
    verbose_name = "Audit"
