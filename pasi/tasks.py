"""The background jobs of what every part shares."""

from procrastinate.contrib.django import app

from pasi.figures import keeping


@app.periodic(cron="*/5 * * * *")
@app.task(name="refresh_figures", queueing_lock="refresh_figures")
def refresh_figures(timestamp: int) -> None:
    """Count anew what the start page and the metrics show."""
    for _name in keeping.refresh():
        pass
