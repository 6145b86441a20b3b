extension SimulationReport {
  /// The report as an SVG picture: slots over time in the first sequence of each policy, and the distributions of the responses.
  ///
  /// It follows the reader's choice of light or dark. Its size is bounded, whatever the report's: what is finer than half a pixel is
  /// merged, and policies or slots beyond a number that it states are left out. O(spans log spans + jobs log jobs).
  public var plot: String {
    var drawing = VectorDrawing()
    let title = "\(PlotStyle.short(trace)) on \(PlotStyle.short(board))"
    drawing.text(title, x: .init(70), y: .init(24), class: "title")
    var height = SlotChart(policies).draw(into: &drawing, from: 40)
    height = ResponseChart(policies).draw(into: &drawing, from: height + 12) + 8
    let frame = "0 0 1110 \(height)"
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="\(frame)" width="1110" height="\(height)">
      <title>\(VectorDrawing.escaped(title))</title>
      \(PlotStyle.definitions)<rect class="page" width="100%" height="100%"/>
      \(drawing.elements)</svg>

      """
  }
}
