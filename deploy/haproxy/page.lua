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

-- The release has these beside each file; the first that a browser takes is sent.
local encodings = { { word = "br", suffix = ".br" }, { word = "gzip", suffix = ".gz" } }

local files = {}

-- Lua can neither list a folder nor hash a file. What is hidden is not taken.
local list = io.popen("cd '" .. folder .. "' && find . -type f -not -path '*/.*' -exec sha256sum {} +")
for line in list:lines() do
  local sum, name = line:match("^(%x+) [ *]%.(/.+)$")
  local file = name and io.open(folder .. name, "rb")
  if file then
    local kind = types[name:gsub("%.br$", ""):gsub("%.gz$", ""):match("%.(%w+)$")]
    files[name] = { body = file:read("a"), type = kind or "application/octet-stream", tag = '"' .. sum:sub(1, 32) .. '"' }
    file:close()
  end
end
list:close()
files["/"] = files["/index.html"]
for _, encoding in ipairs(encodings) do
  files["/" .. encoding.suffix] = files["/index.html" .. encoding.suffix]
end

local function header(applet, name)
  local values = applet.headers[name]
  return values and values[0] or ""
end

local function chosen(applet)
  local takes = header(applet, "accept-encoding")
  -- `q=0` refuses one; a client that weighs them gets the uncompressed file.
  local weighs = takes:find("q=0", 1, true)
  for _, encoding in ipairs(encodings) do
    local file = files[applet.path .. encoding.suffix]
    if file and not weighs and takes:find("%f[%w]" .. encoding.word .. "%f[%W]") then
      return file, encoding.word
    end
  end
  return files[applet.path], nil
end

core.register_service("relight_page", "http", function(applet)
  local file, encoding = chosen(applet)
  local is_head = applet.method == "HEAD"
  if not file or not (is_head or applet.method == "GET") then
    applet:set_status(file and 405 or 404)
    applet:add_header("content-length", "0")
    applet:start_response()
    return
  end
  local is_known = header(applet, "if-none-match"):find(file.tag, 1, true)
  applet:set_status(is_known and 304 or 200)
  applet:add_header("etag", file.tag)
  applet:add_header("vary", "accept-encoding")
  if is_known then
    applet:start_response()
    return
  end
  applet:add_header("content-type", file.type)
  applet:add_header("content-length", tostring(#file.body))
  if encoding then
    applet:add_header("content-encoding", encoding)
  end
  applet:start_response()
  if not is_head then
    applet:send(file.body)
  end
end)
