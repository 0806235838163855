-- Serves the files of one folder from memory: the page is a few files that change at a release.
-- They are read once, when HAProxy starts and before it gives up its rights.

local folder = os.getenv("RELIGHT_PAGE")

local types = {
  html = "text/html; charset=utf-8",
  js = "text/javascript; charset=utf-8",
  css = "text/css; charset=utf-8",
  json = "application/json",
  wasm = "application/wasm",
  svg = "image/svg+xml",
  png = "image/png",
  ico = "image/x-icon",
}

local files = {}

-- Lua has no way to list a folder. What is hidden or compressed is not taken.
local list = io.popen("cd '" .. folder .. "' && find . -type f -not -path '*/.*' -not -name '*.gz' -not -name '*.br'")
for name in list:lines() do
  local path = name:sub(2)
  local file = io.open(folder .. path, "rb")
  if file then
    files[path] = { body = file:read("a"), type = types[path:match("%.(%w+)$")] or "application/octet-stream" }
    file:close()
  end
end
list:close()
files["/"] = files["/index.html"]

core.register_service("relight_page", "http", function(applet)
  local file = files[applet.path]
  local is_head = applet.method == "HEAD"
  if not file or not (is_head or applet.method == "GET") then
    applet:set_status(file and 405 or 404)
    applet:add_header("content-length", "0")
    applet:start_response()
    return
  end
  applet:set_status(200)
  applet:add_header("content-type", file.type)
  applet:add_header("content-length", tostring(#file.body))
  applet:start_response()
  if not is_head then
    applet:send(file.body)
  end
end)
