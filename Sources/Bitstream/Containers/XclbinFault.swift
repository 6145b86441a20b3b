/// What can be wrong with an xclbin; the raw value is the error's stable code.
public enum XclbinFault: String, Sendable, Hashable, Codable, CaseIterable {
  /// It is shorter than a header and one section header.
  case tooShort = "bitstream.xclbinTooShort"
  /// It does not begin with `xclbin2` and a zero byte.
  case wrongMagic = "bitstream.xclbinWrongMagic"
  /// It carries a signature, which nothing here checks.
  case signed = "bitstream.xclbinSigned"
  /// The length in its header is not the file's.
  case wrongLength = "bitstream.xclbinWrongLength"
  /// It states more sections than are possible, or than it has room for.
  case tooManySections = "bitstream.xclbinTooManySections"
  /// A section begins before the end of the section headers.
  case sectionInHeader = "bitstream.xclbinSectionInHeader"
  /// A section does not begin at a multiple of 8.
  case sectionUnaligned = "bitstream.xclbinSectionUnaligned"
  /// A section does not end inside the file.
  case sectionOutside = "bitstream.xclbinSectionOutside"
  /// Two sections share bytes.
  case sectionsOverlap = "bitstream.xclbinSectionsOverlap"
  /// A kind of section of which there is one comes twice.
  case sectionRepeated = "bitstream.xclbinSectionRepeated"
  /// The number of entries of a table does not fit its section's size.
  case wrongTableSize = "bitstream.xclbinWrongTableSize"
  /// A connection names a kernel or a memory that there is not.
  case indexOutOfRange = "bitstream.xclbinIndexOutOfRange"
  /// A text does not end inside its field.
  case textUnterminated = "bitstream.xclbinTextUnterminated"
  /// The metadata in XML name no kernel.
  case noKernels = "bitstream.xclbinNoKernels"
}
