/** Style of the page: dark and light by the system or by the button, one column on a phone, plain on paper. */
export const style = `
:root{color-scheme:light dark;
--bg:light-dark(#fff,#14181d);--fg:light-dark(#1b1f24,#e3e7ec);--soft:light-dark(#57606a,#a3adb9);--card:light-dark(#f6f8fa,#1b2027);
--line:light-dark(#d0d7de,#39414c);--grid:light-dark(#e4e8ed,#2a313a);--link:light-dark(#0756b8,#79b8ff);
--pass:light-dark(#116329,#56d364);--pass-bg:light-dark(#dafbe1,#12331c);--fail:light-dark(#a40e26,#ff8a82);--fail-bg:light-dark(#ffe5e3,#471416);
--deviates:light-dark(#7d4e00,#e3b341);--deviates-bg:light-dark(#fff3c9,#3d2c05);--dim:light-dark(#4b535c,#b1bac4);--dim-bg:light-dark(#e9ecf0,#2c333c);
--r0:light-dark(#cfe3ff,#154a8a);--r1:light-dark(#d3f2d6,#1d5a2a);--r2:light-dark(#f6dcff,#5d2b78);--r3:light-dark(#ffe2c4,#7a420d);--r4:light-dark(#c9f0f0,#0f5257)}
html[data-theme=light]{color-scheme:light}html[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;background:var(--bg);color:var(--fg);margin:0 auto;max-width:78rem;padding:0 1rem 4rem}
a{color:var(--link)}small{color:var(--soft);font-size:.85em}code,pre,.rows{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.85em}
code{overflow-wrap:anywhere}h1{font-size:1.35rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}h3{font-size:1rem;margin:1.6rem 0 .4rem}h4{font-size:.95rem;margin:1.1rem 0 .3rem}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.4rem .6rem;z-index:3}
nav{position:sticky;top:0;z-index:2;background:var(--bg);border-bottom:1px solid var(--line);display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;align-items:center;padding:.5rem 0;margin-bottom:1rem}
nav button{margin-left:auto}
button{font:inherit;font-size:.85rem;color:var(--fg);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.15rem .6rem;cursor:pointer}
button:hover{border-color:var(--soft)}
.top{border:1px solid var(--line);border-left:6px solid var(--dim);border-radius:8px;background:var(--card);padding:1rem 1.2rem}
.top.pass{border-left-color:var(--pass)}.top.fail{border-left-color:var(--fail)}.top.inconclusive{border-left-color:var(--deviates)}
.verdict{font-size:1.5rem;line-height:1.25;font-weight:650;margin:.35rem 0 .7rem}
.rest{margin:-.4rem 0 .7rem}.chips{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1rem;padding:0;margin:0 0 .8rem}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(15rem,45%),1fr));gap:.35rem 1.2rem;margin:0}
.facts dt{color:var(--soft);font-size:.8em}.facts dd{margin:0;overflow-wrap:anywhere}.again{margin:.9rem 0 0}
.badge{display:inline-block;white-space:nowrap;border-radius:999px;padding:0 .55em;font-size:.8rem;font-weight:600;color:var(--dim);background:var(--dim-bg)}
.badge.pass{color:var(--pass);background:var(--pass-bg)}.badge.fail{color:var(--fail);background:var(--fail-bg)}.badge.deviates,.badge.inconclusive{color:var(--deviates);background:var(--deviates-bg)}
table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:.35rem .55rem;text-align:left;vertical-align:top}
th{background:var(--card);font-weight:600}.scroll{overflow-x:auto}
.rq ul{margin:0;padding-left:1.1rem}.rq td:first-child{white-space:nowrap}.rq td{overflow-wrap:anywhere}
.mx{table-layout:fixed}.mx thead td{width:7.5rem}.mx dl{margin:.1rem 0 0}.mx dt{color:var(--soft);font-size:.8em;overflow-wrap:anywhere;margin-top:.3rem}.mx dd{margin:0}.mx .differs{font-weight:650}
details.sc,details.fam{border:1px solid var(--line);border-radius:8px;margin:.4rem 0;padding:0 .8rem;scroll-margin-top:4rem}
summary{cursor:pointer;padding:.45rem 0;overflow-wrap:anywhere}details[open]>summary{border-bottom:1px solid var(--line);margin-bottom:.5rem}.nm{font-weight:550}
.sc:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
.rule{color:var(--soft);margin:.8rem 0 .2rem}
.why{border-left:4px solid var(--fail);padding-left:.8rem}[data-v=deviates] .why,[data-v=inconclusive] .why{border-color:var(--deviates)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;max-height:26rem;overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.5rem .7rem;margin:.3rem 0}
.logs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:.7rem}.logs figure{margin:0;min-width:0}.logs pre{font-size:.75rem}
.rows td{white-space:nowrap;padding:.1rem .45rem}.rows td:last-child{white-space:normal;min-width:14rem}.hit td{background:var(--fail-bg)}
li.broken{color:var(--fail);font-weight:600}li.skipped{color:var(--soft)}
.find{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}.find>label{display:flex;gap:.5rem;align-items:center}.find input[type=search]{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:.25rem .6rem;width:17rem;min-width:0}
.find fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.3rem .9rem}.find legend{position:absolute;left:-99rem}
[hidden]{display:none!important}
.tl{font-size:.72rem;line-height:1.25rem;margin:.3rem 0 .6rem}
.ln{display:grid;grid-template-columns:8.5rem 1fr;gap:.5rem}.ln>span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:right;color:var(--soft)}
.tr{position:relative;height:1.25rem;margin:1px 0;border-left:1px solid var(--line);background:repeating-linear-gradient(to right,transparent 0 calc(var(--t) - 1px),var(--grid) calc(var(--t) - 1px) var(--t))}
.tr i,.tr u,.tr b{position:absolute;top:0;font-style:normal;text-decoration:none}.tr b{font-weight:400;color:var(--soft);padding-left:2px}
.tr i{height:100%;border-radius:3px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;padding:0 3px;color:var(--fg);background:var(--dim-bg);border-left:1px solid var(--bg)}
.tr i.step.broken{background:var(--fail-bg);color:var(--fail)}.tr .starts{opacity:.45}.tr .runs{background:light-dark(#b9d7c1,#27523a)}
.tr .frozen{background:repeating-linear-gradient(45deg,var(--r0) 0 5px,var(--bg) 5px 9px)}.tr .cut{background:var(--fail-bg);color:var(--fail)}.tr .set{background:var(--r4)}.tr .nobody{background:var(--deviates-bg);color:var(--deviates)}
.tr .r0{background:var(--r0)}.tr .r1{background:var(--r1)}.tr .r2{background:var(--r2)}.tr .r3{background:var(--r3)}.tr .r4{background:var(--r4)}
.tr u{transform:translateX(-50%);font-weight:700;text-shadow:0 0 3px var(--bg),0 0 3px var(--bg)}.tr u.SIGKILL,.tr u.SIGTERM,.tr u.moment{color:var(--fail)}.tr u.ended{color:var(--soft)}
.tr svg{display:block;width:100%;height:100%}.acknowledged{fill:light-dark(#2da44e,#3fb950)}.refused{fill:light-dark(#cf222e,#f85149)}.warned{fill:light-dark(#6e8fb8,#7aa2d6)}.unknown{fill:light-dark(#bf8700,#d29922)}
.legend{color:var(--soft);font-size:.85rem}
@media(max-width:44rem){nav{position:static}details.sc{scroll-margin-top:.5rem}body{padding:0 .6rem 3rem}.verdict{font-size:1.2rem}.ln{grid-template-columns:5.2rem 1fr}
.mx,.mx tbody,.mx tr,.mx td,.mx th[scope=row]{display:block;border:0;padding:0;width:auto}.mx thead{display:none}.mx th[scope=row]{padding:.5rem .6rem;margin-top:.8rem;border-radius:6px}
.mx td{border:1px solid var(--line);border-radius:6px;padding:.4rem .6rem;margin:.4rem 0}.mx td::before{content:attr(data-h);display:block;font-weight:600}
.rq thead{position:absolute;left:-99rem}.rq,.rq tbody,.rq tr,.rq td{display:block;width:auto}.rq tr{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.3rem .6rem}.rq td{border:0;padding:.1rem 0}}
@media print{:root,html[data-theme]{color-scheme:light}nav,.find,.copy,.skip{display:none}body{max-width:none;font-size:10pt;padding:0}*{print-color-adjust:exact}
pre{max-height:none}details.sc{break-inside:avoid-page}tr,figure{break-inside:avoid}a{color:inherit;text-decoration:none}.scroll{overflow:visible}}
`;
