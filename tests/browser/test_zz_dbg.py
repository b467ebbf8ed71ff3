
import pytest, time, os, glob
from tests.browser.pages import places
from tests.scenery import scenery
from tests.browser import windows as W
from tests.browser.windows import Windows
def cpu():
    tot={}
    t=os.sysconf("SC_CLK_TCK")
    me=os.getpid(); ppid={}; use={}; name={}
    for d in glob.glob("/proc/[0-9]*"):
        try:
            s=open(d+"/stat").read(); r=s.rsplit(")",1)[1].split(); pid=int(d[6:]); ppid[pid]=int(r[1]); use[pid]=(int(r[11])+int(r[12]))/t
            c=open(d+"/cmdline").read(); name[pid]="gpu" if "gpu-process" in c else "renderer" if "=renderer" in c else "utility" if "=utility" in c else "zyg" if "zygote" in c else "chrome" if "chromium" in c else "node" if "node" in c else "py"
        except OSError: pass
    out={}
    for p in use:
        q=p
        while q and q!=me: q=ppid.get(q,0)
        if q==me: out[name[p]]=out.get(name[p],0)+use[p]
    return out
FLAGS={"now":[], "noras":["--disable-gpu-rasterization","--disable-software-rasterizer"], "inproc":["--in-process-gpu"], "low":["--disable-partial-raster","--disable-accelerated-2d-canvas","--disable-gpu-compositing","--disable-features=Vulkan,UseSkiaRenderer"]}
@pytest.mark.parametrize("flag", list(FLAGS))
def test_dbg(flag, scenery, chromium, server):
    from tests.browser.conftest import QUIET
    from playwright.sync_api import sync_playwright
    b=chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=QUIET+FLAGS[flag])
    w=Windows(b, server)
    ps=[p for p in places() if p.who=="anna"][:24]
    w.of("anna", scenery.cookies["anna"]).goto(ps[0].path(scenery))
    c0=cpu(); t0=time.time(); spent={}
    def lap(k):
        nonlocal t; n=time.time(); spent[k]=spent.get(k,0)+n-t; t=n
    for p in ps:
        t=time.time()
        page=w.of("anna", None)
        page.goto(p.path(scenery)); lap("goto")
        page.emulate_media(color_scheme="light"); page.set_viewport_size({"width":1440,"height":900}); lap("size")
        page.evaluate(W.AXE_SCRIPT); lap("inject")
        page.evaluate(W.SETTLE); lap("settle")
        page.evaluate(W.RUN_AXE); lap("axe")
        page.emulate_media(color_scheme="dark"); page.set_viewport_size({"width":390,"height":900}); lap("size")
        page.evaluate(W.SETTLE); lap("settle")
        page.evaluate(W.RUN_AXE); lap("axe2")
        W.overflow(page,360); W.overflow(page,320); lap("overflow")
    c1=cpu()
    print("FLAG",flag,len(ps),"wall",round(time.time()-t0,1),{k:round(v,1) for k,v in spent.items()},{k:round(v-c0.get(k,0),1) for k,v in c1.items()}, os.getloadavg())
    b.close()
