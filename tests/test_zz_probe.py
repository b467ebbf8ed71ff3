import time
from tests.scenery import scenery
def test_a(scenery):
    from django.test import Client
    b=Client(); 
    for n in ("anna","olaf"):
        b.cookies.load(scenery.cookies[n])
        t=time.time()
        for p in ("/north/acme/protocols/","/north/acme/mails/","/north/acme/timeline/", "/north/bolt/protocols/","/north/nope/protocols/","/north/"):
            t=time.time(); r=b.get(p); print(n,p,r.status_code,round(time.time()-t,3))
