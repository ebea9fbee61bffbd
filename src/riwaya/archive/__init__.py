"""Archives: millions of pages read by shard into Parquet claims, and brought from there into a ledger.

An archive's output is a function of its inputs, the reader and the packs: the same bytes whatever engine
read it, with how many workers, in which order and after how many kills.
"""
