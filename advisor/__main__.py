"""`python -m advisor` is the command line `tunewise`, where scripts are not on the path."""

from advisor.cli import main

if __name__ == "__main__":
    main()
