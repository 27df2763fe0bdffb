"""manage.py clear_replay_keys: forget applied calls too old to be answered from the record."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from audit.models import AppliedCall


class Command(BaseCommand):
    help = "Forget the replay keys of calls applied more than 30 days ago. Run it daily."

    def handle(self, **options: Any) -> None:
        before = timezone.now() - timezone.timedelta(days=settings.PASI_REPLAY_DAYS)
        count, _by_model = AppliedCall.objects.filter(applied_at__lt=before).delete()
        self.stdout.write(f"{count:,} replay keys forgotten")
