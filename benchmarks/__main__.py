"""`make bench`: every benchmark, one after the other."""

from benchmarks import ticks

if __name__ == "__main__":
    ticks.main()
