/// The picture of `SimulationReport.small`, looked at in the light and the dark when it was written.
enum PlotGolden {
  static let small = #"""
    <?xml version="1.0" encoding="UTF-8"?>
    <svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 1110 576" width="1110" height="576">
    <title>two &quot;runs&quot; on zcu106-10-little</title>
    <style>
    .page{fill:#ffffff}text{fill:#222222}.axis{stroke:#222222}.grid{stroke:#d8d8d8}.ground{fill:#dcdcdc}.stripe{fill:#8a8a8a}.configuring{fill:url(#hatch)}.other{fill:#8a8a8a}.lother{stroke:#8a8a8a}.f0{fill:#4477aa}.l0{stroke:#4477aa}.f1{fill:#ee6677}.l1{stroke:#ee6677}.f2{fill:#228833}.l2{stroke:#228833}.f3{fill:#b5a22c}.l3{stroke:#b5a22c}.f4{fill:#2f9fc4}.l4{stroke:#2f9fc4}.f5{fill:#aa3377}.l5{stroke:#aa3377}.f6{fill:#ee7733}.l6{stroke:#ee7733}.f7{fill:#009988}.l7{stroke:#009988}.f8{fill:#7a5c00}.l8{stroke:#7a5c00}.f9{fill:#5b4bb0}.l9{stroke:#5b4bb0}
    text{font:12px sans-serif}.title{font-weight:bold}.line{fill:none;stroke-width:1.6}
    @media (prefers-color-scheme:dark){
    .page{fill:#16181c}text{fill:#e4e4e4}.axis{stroke:#e4e4e4}.grid{stroke:#3a3d43}.ground{fill:#44474d}.stripe{fill:#8a8a8a}.configuring{fill:url(#hatch)}.other{fill:#8a8a8a}.lother{stroke:#8a8a8a}.f0{fill:#6f9fd0}.l0{stroke:#6f9fd0}.f1{fill:#ff8c9a}.l1{stroke:#ff8c9a}.f2{fill:#4db35e}.l2{stroke:#4db35e}.f3{fill:#d9c95a}.l3{stroke:#d9c95a}.f4{fill:#66ccee}.l4{stroke:#66ccee}.f5{fill:#d068a4}.l5{stroke:#d068a4}.f6{fill:#ff9a5c}.l6{stroke:#ff9a5c}.f7{fill:#33bbaa}.l7{stroke:#33bbaa}.f8{fill:#b8963d}.l8{stroke:#b8963d}.f9{fill:#9a8cf0}.l9{stroke:#9a8cf0}
    }
    </style>
    <defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="4" height="4"/><rect class="stripe" width="1.4" height="4"/></pattern></defs>
    <rect class="page" width="100%" height="100%"/>
    <text class="title" x="70" y="24">two &quot;runs&quot; on zcu106-10-little</text>
    <text class="title" x="70" y="54">Slots over time, first sequence; configurations hatched</text>
    <rect class="f0" x="70" y="64" width="11" height="11"/>
    <text x="86" y="74">a&lt;b&gt;&amp;&quot;c&quot;</text>
    <rect class="f1" x="156" y="64" width="11" height="11"/>
    <text x="172" y="74">lenet</text>
    <rect class="configuring" x="221" y="64" width="11" height="11"/>
    <text x="237" y="74">configuration</text>
    <text class="title" x="70" y="102">fcfs</text>
    <line class="grid" x1="70" y1="108" x2="70" y2="134"/>
    <text x="70" y="148" text-anchor="middle">0</text>
    <line class="grid" x1="195" y1="108" x2="195" y2="134"/>
    <text x="195" y="148" text-anchor="middle">0.5</text>
    <line class="grid" x1="320" y1="108" x2="320" y2="134"/>
    <text x="320" y="148" text-anchor="middle">1</text>
    <line class="grid" x1="445" y1="108" x2="445" y2="134"/>
    <text x="445" y="148" text-anchor="middle">1.5</text>
    <line class="grid" x1="570" y1="108" x2="570" y2="134"/>
    <text x="570" y="148" text-anchor="middle">2</text>
    <line class="grid" x1="695" y1="108" x2="695" y2="134"/>
    <text x="695" y="148" text-anchor="middle">2.5</text>
    <line class="grid" x1="820" y1="108" x2="820" y2="134"/>
    <text x="820" y="148" text-anchor="middle">3</text>
    <line class="grid" x1="945" y1="108" x2="945" y2="134"/>
    <text x="945" y="148" text-anchor="middle">3.5</text>
    <line class="grid" x1="1070" y1="108" x2="1070" y2="134"/>
    <text x="1070" y="148" text-anchor="middle">4</text>
    <text x="64" y="118" text-anchor="end">slot 0</text>
    <text x="64" y="131" text-anchor="end">slot 1</text>
    <path class="f0" d="M115 122h955v11h-955z"/>
    <path class="f1" d="M92.5 109h290v11h-290z"/>
    <path class="configuring" d="M70 109h22.5v11h-22.5zM92.5 122h22.5v11h-22.5z"/>
    <line class="axis" x1="70" y1="134" x2="1070" y2="134"/>
    <text x="1070" y="162" text-anchor="end">time (s)</text>
    <text class="title" x="70" y="192">Response times, all sequences</text>
    <line class="axis" x1="70" y1="500" x2="1070" y2="500"/>
    <text x="64" y="504" text-anchor="end">0 %</text>
    <line class="grid" x1="70" y1="430" x2="1070" y2="430"/>
    <text x="64" y="434" text-anchor="end">25 %</text>
    <line class="grid" x1="70" y1="360" x2="1070" y2="360"/>
    <text x="64" y="364" text-anchor="end">50 %</text>
    <line class="grid" x1="70" y1="290" x2="1070" y2="290"/>
    <text x="64" y="294" text-anchor="end">75 %</text>
    <line class="grid" x1="70" y1="220" x2="1070" y2="220"/>
    <text x="64" y="224" text-anchor="end">100 %</text>
    <line class="grid" x1="371.03" y1="220" x2="371.03" y2="500"/>
    <text x="371.03" y="514" text-anchor="middle">2</text>
    <line class="grid" x1="768.97" y1="220" x2="768.97" y2="500"/>
    <text x="768.97" y="514" text-anchor="middle">5</text>
    <line class="grid" x1="1070" y1="220" x2="1070" y2="500"/>
    <text x="1070" y="514" text-anchor="middle">10</text>
    <text x="70" y="216">part of the jobs</text>
    <text x="1070" y="530" text-anchor="end">response (s)</text>
    <path class="line l0" d="M70 500H70V406.67H166.5V313.33H666.5V220H1070"/>
    <path class="line l0" d="M70 552h20"/>
    <text x="96" y="556">fcfs, mean 2.067 s</text>
    </svg>

    """#
}
