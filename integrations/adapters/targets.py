"""Who receives what goes out: for each target how it is called, and how to ask whether it lives."""

from functools import partial

from django.conf import settings

from integrations.adapters import erp, folder, mail
from integrations.events import Deliver
from integrations.models import OutboxMessage
from integrations.operations.mailing import compose

ERP, MAIL = OutboxMessage.Target.ERP, OutboxMessage.Target.MAIL
EDI = OutboxMessage.Target.EDI


def connected_targets() -> list[str]:
    """Return the targets that can be sent to; letters and files always can, into a folder."""
    return [ERP, MAIL, EDI] if settings.ERP_URL else [MAIL, EDI]


def deliverer(target: str) -> Deliver:
    """Return what sends one message to `target`."""
    if target == MAIL:
        return partial(mail.deliver, server=mail_server(), compose=compose)
    if target == EDI:
        return partial(folder.deliver, root=settings.EDI_FOLDER)
    return partial(erp.deliver, base_url=settings.ERP_URL)


def is_alive(target: str) -> bool:
    """Tell whether `target` answers."""
    if target == MAIL:
        return mail.is_alive(mail_server())
    if target == EDI:
        return folder.is_alive(root=settings.EDI_FOLDER)
    return erp.is_alive(base_url=settings.ERP_URL)


def mail_server() -> mail.MailServer:
    """Return the mail server that the settings name; without one a folder stands in."""
    return mail.MailServer(
        host=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        user=settings.SMTP_USER,
        password=settings.SMTP_PASSWORD,
        security=settings.SMTP_SECURITY,
        folder=settings.MAIL_FOLDER,
    )
