/// Colours and letters of the plots, in the light and the dark.
///
/// The hues are from Paul Tol's qualitative schemes "bright" and "vibrant" (Tol, "Colour Schemes", SRON technical note SRON/EPS/TN/09-002), which
/// people with colour-vision deficiencies can tell apart, made darker or lighter where the background asks for it.
enum PlotStyle {
  private static let light = [
    "#4477aa", "#ee6677", "#228833", "#b5a22c", "#2f9fc4", "#aa3377", "#ee7733", "#009988", "#7a5c00", "#5b4bb0",
  ]
  private static let dark = [
    "#6f9fd0", "#ff8c9a", "#4db35e", "#d9c95a", "#66ccee", "#d068a4", "#ff9a5c", "#33bbaa", "#b8963d", "#9a8cf0",
  ]

  /// How many things have a colour of their own.
  static let colourCount = 10

  /// The style sheet and the hatching of configurations.
  static let definitions = """
    <style>
    \(sheet(page: "#ffffff", ink: "#222222", grid: "#d8d8d8", hatch: "#8a8a8a", ground: "#dcdcdc", light))
    text{font:12px sans-serif}.title{font-weight:bold}.line{fill:none;stroke-width:1.6}
    @media (prefers-color-scheme:dark){
    \(sheet(page: "#16181c", ink: "#e4e4e4", grid: "#3a3d43", hatch: "#8a8a8a", ground: "#44474d", dark))
    }
    </style>
    <defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
    <rect class="ground" width="4" height="4"/><rect class="stripe" width="1.4" height="4"/></pattern></defs>

    """

  private static func sheet(
    page: String, ink: String, grid: String, hatch: String, ground: String, _ colours: [String]
  ) -> String {
    let base =
      ".page{fill:\(page)}text{fill:\(ink)}.axis{stroke:\(ink)}.grid{stroke:\(grid)}.ground{fill:\(ground)}"
      + ".stripe{fill:\(hatch)}.configuring{fill:url(#hatch)}.other{fill:\(hatch)}.lother{stroke:\(hatch)}"
    return base
      + colours.enumerated().map { ".f\($0){fill:\($1)}.l\($0){stroke:\($1)}" }.joined()
  }

  /// The class that fills an area with colour `index`, or with the one for what has none.
  static func fill(_ index: Int) -> String { index < colourCount ? "f\(index)" : "other" }

  /// The class that draws a line in colour `index`, or in the one for what has none.
  static func stroke(_ index: Int) -> String { index < colourCount ? "line l\(index)" : "line lother" }

  /// A text short enough for a legend.
  static func short(_ text: String) -> String {
    text.count <= maximumCharacterCount ? text : text.prefix(maximumCharacterCount - 1) + "…"
  }

  private static let maximumCharacterCount = 40

  /// About what a text takes in width, in pixels: letters of sans-serif at 12 pixels are rarely wider.
  static func width(of text: String) -> Int { text.count * 7 }
}
