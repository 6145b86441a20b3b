/// `tessera/dct@1` (stage 1 to 2) and `tessera/inverse-dct@1` (stage 4 to 5): the cosine transform of 8 x 8 numbers,
/// exact in every bit.
///
/// The table is the orthonormal matrix of the DCT-II with 13 bits after the point; ITU-T T.81, A.3.3, is the product of
/// two such. With c(0) = 1 / sqrt(2), and c(u) = 1 otherwise:
///
///     T[u][x] = round(8192 * c(u) / 2 * cos((2x + 1) * u * pi / 16))
///
/// Let `N(s) = (s + 4096) >> 13`, an arithmetic shift, then moved into the range from -32,768 to 32,767. Samples are
/// `b[y][x]`, coefficients `F[v][u]`, both stored row by row. First the rows are transformed, then the columns:
///
///     forward  R[y][u] = N(sum over x of b[y][x] * T[u][x])    F[v][u] = N(sum over y of R[y][u] * T[v][y])
///     inverse  R[v][x] = N(sum over u of F[v][u] * T[u][x])    b[y][x] = N(sum over v of R[v][x] * T[v][y])
///
/// A sum has at most 8 * 32,768 * 4,096 in magnitude, below 2^31, so 32 bits hold it. No limit is reached on the way
/// from 8-bit samples to coefficients.
package struct CosineTransform: Kernel {
  package enum Direction: Sendable { case forward, inverse }
  private let direction: Direction
  package init(_ direction: Direction) { self.direction = direction }

  package var name: String {
    switch direction {
    case .forward: "tessera/dct@1"
    case .inverse: "tessera/inverse-dct@1"
    }
  }

  package func run(input: [UInt8], outputCapacity: Int) throws(KernelFault) -> [UInt8] {
    // Both are M b transpose(M), with M the table or its transpose.
    switch direction {
    case .forward:
      try transform(input, from: .blocks, to: .coefficients, capacity: outputCapacity, Self.table, Self.transposed)
    case .inverse:
      try transform(
        input, from: .dequantized, to: .restoredBlocks, capacity: outputCapacity, Self.transposed, Self.table)
    }
  }

  private typealias Matrix = InlineArray<8, SIMD8<Int32>>

  private func transform(
    _ item: [UInt8], from input: TileStage, to output: TileStage, capacity: Int, _ matrix: Matrix,
    _ transposed: Matrix
  ) throws(KernelFault) -> [UInt8] {
    try TileHeader.mapBlocks(of: item, from: input, to: output, capacity: capacity) { block in
      var rows = Block()
      for y in 0..<8 {
        var sum = SIMD8<Int32>.zero
        for k in 0..<8 { sum &+= transposed[k] &* block.rows[y][k] }
        rows.rows[y] = Self.normalized(sum)
      }
      var result = Block()
      for y in 0..<8 {
        var sum = SIMD8<Int32>.zero
        for k in 0..<8 { sum &+= rows.rows[k] &* matrix[y][k] }
        result.rows[y] = Self.normalized(sum)
      }
      return result
    }
  }

  private static func normalized(_ sum: SIMD8<Int32>) -> SIMD8<Int32> {
    ((sum &+ (1 << 12)) &>> 13).saturated
  }

  /// `table[u][x]`, committed as numbers so that no machine's cosine can change a bit.
  private static let table: Matrix = [
    SIMD8(2896, 2896, 2896, 2896, 2896, 2896, 2896, 2896),
    SIMD8(4017, 3406, 2276, 799, -799, -2276, -3406, -4017),
    SIMD8(3784, 1567, -1567, -3784, -3784, -1567, 1567, 3784),
    SIMD8(3406, -799, -4017, -2276, 2276, 4017, 799, -3406),
    SIMD8(2896, -2896, -2896, 2896, 2896, -2896, -2896, 2896),
    SIMD8(2276, -4017, 799, 3406, -3406, -799, 4017, -2276),
    SIMD8(1567, -3784, 3784, -1567, -1567, 3784, -3784, 1567),
    SIMD8(799, -2276, 3406, -4017, 4017, -3406, 2276, -799),
  ]

  /// The same numbers as `transposed[x][u]`.
  private static let transposed: Matrix = {
    var result = Matrix(repeating: .zero)
    for u in 0..<8 { for x in 0..<8 { result[x][u] = table[u][x] } }
    return result
  }()
}
