"""The use cases: what command line, API and page ask for. Answers are JSON documents, documented in docs/json.md.

`sources` opens a plan, `asking` and `showing` answer questions about it, `exporting` writes it in other forms,
`keeping` works on a store. None of them knows a formula, and none of them prints.
"""
