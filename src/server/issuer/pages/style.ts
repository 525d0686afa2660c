// The style sheet of the issuer's pages: light and dark, from small telephones up. Contrast of text is 4.5:1 or better.
export const STYLE = `
:root{color-scheme:light dark;--bg:#f3f6f8;--card:#fff;--text:#14212b;--soft:#51626f;--line:#c3ced6;--accent:#0b6a75;--on:#fff;--hover:#08545d;--bad:#a3161b;--badbg:#fdeeee;--tint:#e7f3f4;--shadow:0 1px 2px #0f1e2a14,0 12px 32px #0f1e2a14}
@media(prefers-color-scheme:dark){:root{--bg:#0d151b;--card:#15212a;--text:#e8eff3;--soft:#a3b4bf;--line:#3b4d59;--accent:#5cc5cf;--on:#062125;--hover:#86d8e0;--bad:#ffb0ab;--badbg:#3a1c1e;--tint:#17323a;--shadow:0 1px 2px #0006,0 12px 32px #0006}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1.25rem;padding:1.5rem 1rem 3rem;background:var(--bg);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.brand{display:flex;align-items:center;gap:.55rem;font-weight:650;font-size:1.05rem;letter-spacing:.01em}
.mark{display:grid;place-items:center;width:2.1rem;height:2.1rem;border-radius:.6rem;background:var(--accent);color:var(--on)}
main{width:100%;max-width:26rem;background:var(--card);border-radius:1rem;box-shadow:var(--shadow);padding:1.9rem 1.75rem}
@media(max-width:30rem){body{justify-content:flex-start}main{padding:1.5rem 1.15rem}}
h1{margin:0;font-size:1.45rem;line-height:1.25;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:1.4rem 0 .4rem;font-size:.8rem;font-weight:650;color:var(--soft);letter-spacing:.02em}
p{margin:.5rem 0 0}
.soft{color:var(--soft)}
.small{font-size:.875rem}
form{margin-top:1.4rem}
label{display:block;margin:1rem 0 .35rem;font-weight:600;font-size:.925rem}
input{width:100%;padding:.7rem .8rem;border:1px solid var(--line);border-radius:.6rem;background:transparent;color:inherit;font:inherit}
input[name=code]{font-size:1.35rem;letter-spacing:.3em;font-variant-numeric:tabular-nums}
input:hover{border-color:var(--soft)}
[aria-invalid=true]{border-color:var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
h1:focus-visible,[role=alert]:focus-visible{outline-offset:4px;border-radius:.2rem}
button{width:100%;min-height:2.9rem;padding:.65rem 1rem;border:1px solid transparent;border-radius:.6rem;font:inherit;font-weight:650;cursor:pointer;background:var(--accent);color:var(--on)}
button:hover{background:var(--hover)}
button.quiet{background:transparent;border-color:var(--line);color:var(--text)}
button.quiet:hover{border-color:var(--soft);background:var(--bg)}
button.link{width:auto;min-height:0;padding:.15rem .1rem;border:0;background:none;color:var(--accent);font-weight:600;text-decoration:underline;text-underline-offset:.2em}
.actions{display:grid;gap:.65rem;margin-top:1.5rem}
.alert{margin-top:1.2rem;padding:.8rem .95rem;border-radius:.6rem;border-left:4px solid var(--bad);background:var(--badbg);color:var(--bad)}
.alert p{margin:0}.alert p+p{margin-top:.25rem}
.who{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:.25rem 1rem;margin-top:1rem;padding:.7rem .9rem;border-radius:.6rem;background:var(--tint)}
.who form{margin:0}
.who strong{overflow-wrap:anywhere}
ul{margin:.3rem 0 0;padding:0;list-style:none}
li{padding:.45rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
li:first-child{border-top:0}
li small{display:block;color:var(--soft);font-size:.84rem}
details{margin-top:1.4rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.9rem}
summary{cursor:pointer;font-weight:600;border-radius:.3rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem .9rem;margin:.7rem 0 0}
dt{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-weight:600}
dd{margin:0;color:var(--soft)}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em;overflow-wrap:anywhere}
@media(forced-colors:active){button,main,.who,.alert{border:1px solid}}
@media(prefers-reduced-motion:no-preference){button,input{transition:background-color .12s,border-color .12s}}
`
