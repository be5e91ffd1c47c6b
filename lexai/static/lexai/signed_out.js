// Tells the other tabs that whoever was here has signed out: they go, too, with all that stands in them.
"use strict";
new BroadcastChannel("people").postMessage("nobody");
