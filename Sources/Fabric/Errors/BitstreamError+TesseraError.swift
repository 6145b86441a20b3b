public import Bitstream

extension BitstreamError: TesseraError {}
