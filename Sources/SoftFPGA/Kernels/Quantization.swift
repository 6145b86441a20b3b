/// `tessera/quantize@1` (stage 2 to 3) and `tessera/dequantize@1` (stage 3 to 4): coefficients divided by a table, and
/// multiplied by it again.
///
/// The table is that for luminance of ITU-T T.81 (JPEG), Annex K.1, table K.1, as it stands there (which is called
/// quality 50), for all channels; the entry in row v and column u belongs to the coefficient in row v and column u of a
/// block.
///
/// Quantized is the quotient rounded to the nearest integer, halves away from zero: `sign(c) * ((|c| + q / 2) / q)` in
/// integers, both divisions cut off, which is exact for odd q too. The number of results that are not zero goes into
/// the header. Dequantized is the product, moved into the range from -32,768 to 32,767.
package struct Quantization: Kernel {
  package enum Direction: Sendable { case quantize, dequantize }
  private let direction: Direction
  package init(_ direction: Direction) { self.direction = direction }

  package var name: String {
    switch direction {
    case .quantize: "tessera/quantize@1"
    case .dequantize: "tessera/dequantize@1"
    }
  }

  package func run(input: [UInt8], outputCapacity: Int) throws(KernelFault) -> [UInt8] {
    switch direction {
    case .quantize: try quantize(input, capacity: outputCapacity)
    case .dequantize: try dequantize(input, capacity: outputCapacity)
    }
  }

  private func quantize(_ input: [UInt8], capacity: Int) throws(KernelFault) -> [UInt8] {
    let table = Self.luminance
    var header = try TileHeader(of: input, at: .coefficients)
    var count = 0
    var item = try TileHeader.mapBlocks(of: input, from: .coefficients, to: .quantized, capacity: capacity) { block in
      var quotients = Block()
      for v in 0..<8 {
        let divisor = table[v]
        let coefficients = block.rows[v]
        let isNegative = coefficients .< 0
        let magnitude = coefficients.replacing(with: 0 &- coefficients, where: isNegative)
        let rounded = (magnitude &+ (divisor &>> 1)) / divisor
        quotients.rows[v] = rounded.replacing(with: 0 &- rounded, where: isNegative)
        count += Int(SIMD8<Int32>.zero.replacing(with: 1, where: rounded .!= 0).wrappedSum())
      }
      return quotients
    }
    header.nonZeroCoefficients = UInt32(truncatingIfNeeded: count)
    header.restamp(&item)
    return item
  }

  private func dequantize(_ input: [UInt8], capacity: Int) throws(KernelFault) -> [UInt8] {
    let table = Self.luminance
    return try TileHeader.mapBlocks(of: input, from: .quantized, to: .dequantized, capacity: capacity) { block in
      var products = Block()
      for v in 0..<8 { products.rows[v] = block.rows[v] &* table[v] }
      return products
    }
  }

  private static let luminance: InlineArray<8, SIMD8<Int32>> = [
    SIMD8(16, 11, 10, 16, 24, 40, 51, 61),
    SIMD8(12, 12, 14, 19, 26, 58, 60, 55),
    SIMD8(14, 13, 16, 24, 40, 57, 69, 56),
    SIMD8(14, 17, 22, 29, 51, 87, 80, 62),
    SIMD8(18, 22, 37, 56, 68, 109, 103, 77),
    SIMD8(24, 35, 55, 64, 81, 104, 113, 92),
    SIMD8(49, 64, 78, 87, 103, 121, 120, 101),
    SIMD8(72, 92, 95, 98, 112, 100, 103, 99),
  ]
}
