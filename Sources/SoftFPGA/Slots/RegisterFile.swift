/// The registers of the kernel in a slot, 32 bits each.
///
/// HLS-style (AMD UG1399, "S_AXILITE Control Register Map"): the control register is at 0 with start, done, idle and
/// ready in bits 0 to 3; 0x4 to 0xC are for interrupts, which this board does not use; arguments follow.
package struct RegisterFile: Sendable {
  /// The bytes of addresses that a slot decodes: 64 KiB, as manifests may use.
  package static let byteCount = 65_536
  /// Where arguments may begin.
  package static let firstArgumentOffset = 0x10

  package enum Control {
    package static let start: UInt32 = 1 << 0
    package static let done: UInt32 = 1 << 1
    package static let idle: UInt32 = 1 << 2
    package static let ready: UInt32 = 1 << 3
  }

  /// The control register.
  package private(set) var control = Control.idle
  /// The argument registers that are not zero, by offset.
  private var arguments: [Int: UInt32] = [:]

  /// The registers of a kernel that has just been configured: idle, all arguments zero.
  package init() {}

  /// Forgets the arguments of the launch before, so that no launch can reach them.
  package mutating func clear() { self = RegisterFile() }

  package mutating func start() { control = Control.start }
  package mutating func finish() { control = Control.done | Control.idle | Control.ready }

  /// Reads a register.
  ///
  /// - Throws: ``KernelFault`` where there is none at the offset.
  package func read(_ offset: Int) throws(KernelFault) -> UInt32 {
    try check(offset)
    return arguments[offset] ?? 0
  }

  /// Writes an argument's register.
  ///
  /// - Throws: ``KernelFault`` where there is none at the offset.
  package mutating func write(_ word: UInt32, at offset: Int) throws(KernelFault) {
    try check(offset)
    arguments[offset] = word
  }

  /// Reads an address from two registers, the low half first.
  package func readAddress(_ offset: Int) throws(KernelFault) -> UInt64 {
    UInt64(try read(offset)) | UInt64(try read(offset + 4)) << 32
  }

  /// Writes an address into two registers, the low half first.
  package mutating func writeAddress(_ address: UInt64, at offset: Int) throws(KernelFault) {
    try write(UInt32(truncatingIfNeeded: address), at: offset)
    try write(UInt32(address >> 32), at: offset + 4)
  }

  private func check(_ offset: Int) throws(KernelFault) {
    guard Self.firstArgumentOffset..<Self.byteCount ~= offset, offset % 4 == 0 else {
      throw KernelFault(
        "there is no argument register at \(hexadecimal(offset)); they lie at multiples of 4 from "
          + "\(hexadecimal(Self.firstArgumentOffset)) to \(hexadecimal(Self.byteCount - 4))")
    }
  }
}
