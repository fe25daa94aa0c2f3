"""Electronic signatures of certificates (电子签名): where the key comes from, signing, and reading a signature back.

Nothing heavy is imported here: pyHanko is loaded when the first certificate is signed or read.
"""
