"""Lets `python -m ecs_ip` run the command."""

from ecs_ip.main import run

if __name__ == "__main__":
    run()
