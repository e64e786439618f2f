"""What happens later: previews, on an embedded pool of threads or on Celery, behind one `enqueue`."""
