import SoftFPGA
import Testing

@Suite struct RegisterFileTests {
  @Test func `the control register follows the kernel`() {
    var registers = RegisterFile()
    #expect(registers.control == 0b0100)
    registers.start()
    #expect(registers.control == 0b0001)
    registers.finish()
    #expect(registers.control == 0b1110)
    registers.clear()
    #expect(registers.control == 0b0100)
  }

  @Test func `an address takes two registers, the low half first`() throws {
    var registers = RegisterFile()
    try registers.writeAddress(0x0123_4567_89AB_CDEF, at: 0x10)
    #expect(try registers.read(0x10) == 0x89AB_CDEF)
    #expect(try registers.read(0x14) == 0x0123_4567)
    #expect(try registers.readAddress(0x10) == 0x0123_4567_89AB_CDEF)
    registers.clear()
    #expect(try registers.readAddress(0x10) == 0)
  }

  @Test(arguments: [-4, 0, 0xC, 0x11, 0x12, 65_536, Int.max]) func `there is no argument there`(offset: Int) {
    var registers = RegisterFile()
    #expect(throws: KernelFault.self) { try registers.read(offset) }
    #expect(throws: KernelFault.self) { try registers.write(1, at: offset) }
  }
}
