package probe

// device is a make of camera, or a program that serves cameras, with the
// addresses that it is known for.
type device struct {
	name string
	// marks are what its answers bear, in lower case: a part of "server=…",
	// "realm=…" and "<title>…", or of a page's text. One is enough.
	marks     []string
	streams   []string // paths, with a port in front if it is not the usual one: ":81/stream"
	snapshots []string
	advice    string // what its owner should know when it does not work
	// common says that its addresses are worth a try where nothing is known of
	// the device.
	common bool
}

const oneViewer = "It serves one viewer at a time: close other pages and programs that show it."

// devices is the table of what is known, the common ones by how often they are
// met. Addresses with a password in them are left out: they would show it.
var devices = []device{
	{name: "camhub", marks: []string{"<title>camhub"}, streams: []string{"/video_feed"}, snapshots: []string{"/?action=snapshot"}},
	{name: "mjpg-streamer", common: true, marks: []string{"mjpg-streamer", "mjpg_streamer"},
		streams: []string{"/?action=stream", ":8080/?action=stream", "/cam_1.mjpg"}, snapshots: []string{"/?action=snapshot"}},
	{name: "µStreamer", common: true, marks: []string{"ustreamer", "µstreamer"}, streams: []string{"/stream"}, snapshots: []string{"/snapshot"}},
	{name: "ESP32 camera", common: true, marks: []string{"esp32", "esp-cam", "ai-thinker", "ov2640", "ov3660", "ov5640", "camera web server"},
		streams: []string{":81/stream", "/stream", "/mjpeg/1"}, snapshots: []string{"/capture", "/jpg"}, advice: oneViewer},
	{name: "Flask, Picamera2 or another program of one's own", common: true, marks: []string{"server=werkzeug", "picamera", "server=basehttp", "<title>flask"},
		streams: []string{"/video_feed", "/stream.mjpg", "/video"}},
	{name: "IP Webcam (Android)", common: true, marks: []string{"ip webcam"}, streams: []string{"/video", ":8080/video"}, snapshots: []string{"/shot.jpg"},
		advice: "The app has to be running, with its server started."},
	{name: "OctoPrint", common: true, marks: []string{"octoprint", "octopi"},
		streams: []string{"/webcam/?action=stream", ":8080/?action=stream"}, snapshots: []string{"/webcam/?action=snapshot"}},
	{name: "Mainsail or Fluidd (crowsnest)", marks: []string{"mainsail", "fluidd", "moonraker"},
		streams: []string{"/webcam/?action=stream", "/webcam2/?action=stream"}, snapshots: []string{"/webcam/?action=snapshot"}},
	{name: "DroidCam", marks: []string{"droidcam"}, streams: []string{":4747/video", "/video"}, advice: oneViewer},
	{name: "motion", common: true, marks: []string{"server=motion", "motion webcontrol", "<title>motion"},
		streams: []string{"/1/stream", "/1/mjpg/stream", ":8081/", "/0/mjpg/stream"}, snapshots: []string{"/1/current", "/1/static/stream"}},
	{name: "motionEye", marks: []string{"motioneye"}, streams: []string{":8081/"}, snapshots: []string{"/picture/1/current/"}},
	{name: "Tasmota", marks: []string{"tasmota"}, streams: []string{":81/stream"}, snapshots: []string{"/wc.jpg"}, advice: oneViewer},
	{name: "ESPHome", marks: []string{"esphome"}, streams: []string{":8080/"}, snapshots: []string{":8081/"}, advice: oneViewer},
	{name: "Axis", common: true, marks: []string{"server=axis", "realm=axis", "<title>axis", "axis communications", "/axis-cgi/"}, streams: []string{"/axis-cgi/mjpg/video.cgi"}, snapshots: []string{"/axis-cgi/jpg/image.cgi"}},
	{name: "Hikvision", marks: []string{"hikvision", "server=app-webs", "dnvrs-webs", "ds-2cd", "realm=ip camera("},
		streams:   []string{"/Streaming/channels/102/httppreview", "/ISAPI/Streaming/channels/102/httpPreview"},
		snapshots: []string{"/ISAPI/Streaming/channels/101/picture", "/Streaming/channels/1/picture", "/cgi-bin/video.jpg?cam=1&quality=3&size=2"},
		advice:    "Its second stream has to be set to MJPEG in its own settings."},
	{name: "Dahua or Amcrest", marks: []string{"dahua", "amcrest", "realm=login to "},
		streams: []string{"/cgi-bin/mjpg/video.cgi?channel=1&subtype=1"}, snapshots: []string{"/cgi-bin/snapshot.cgi?channel=1"},
		advice: "Its sub stream has to be set to MJPEG in its own settings."},
	{name: "Foscam", marks: []string{"foscam", "server=netwave", "<title>ipcam", "realm=ipcam", "easyn"}, streams: []string{"/videostream.cgi"}, snapshots: []string{"/snapshot.cgi"},
		advice: "Newer ones take user name and password in the address only: /cgi-bin/CGIStream.cgi?cmd=GetMJStream&usr=NAME&pwd=PASSWORD, as one address by hand."},
	{name: "Reolink", marks: []string{"reolink"},
		advice: "It gives single pictures, with user name and password in the address only: /cgi-bin/api.cgi?cmd=Snap&channel=0&user=NAME&password=PASSWORD, as one address by hand."},
	{name: "TP-Link", marks: []string{"tp-link", "nc200", "nc220", "nc250", "nc450"}, streams: []string{":8080/stream/video/mjpeg", "/video.mjpg"},
		snapshots: []string{"/stream/snapshot.jpg", "/jpg/image.jpg"}, advice: "Some take the password in base64 only."},
	{name: "D-Link", common: true, marks: []string{"d-link", "server=dcs-", "realm=dcs-", "<title>dcs-"}, streams: []string{"/video/mjpg.cgi", "/mjpeg.cgi", "/video.cgi"},
		snapshots: []string{"/image/jpeg.cgi", "/IMAGE.jpg", "/cgi-bin/video.jpg"}},
	{name: "Trendnet", marks: []string{"trendnet", "realm=tv-ip", "<title>tv-ip", "realm=netcam"}, streams: []string{"/goform/video", "/cgi/mjpg/mjpg.cgi", "/goform/video2"}, snapshots: []string{"/image.jpg"}},
	{name: "Panasonic", marks: []string{"panasonic", "realm=network camera", "<title>network camera", "<title>wv-", "<title>bl-"},
		streams:   []string{"/nphMotionJpeg?Resolution=640x480&Quality=Clarity", "/cgi-bin/nphContinuousServerPush"},
		snapshots: []string{"/SnapshotJPEG?mode=Refresh"}},
	{name: "Sony", marks: []string{"server=sony", "realm=sony", "<title>sony", "realm=snc-", "<title>snc-"}, streams: []string{"/image?speed=0", "/image"}, snapshots: []string{"/oneshotimage.jpg"}},
	{name: "Vivotek or LevelOne", marks: []string{"vivotek", "levelone", "streaming_server"}, streams: []string{"/video.mjpg", "/video2.mjpg"},
		snapshots: []string{"/cgi-bin/viewer/video.jpg", "/cgi-bin/video.jpg"}},
	{name: "Mobotix", marks: []string{"mobotix"}, streams: []string{"/control/faststream.jpg?stream=full", "/faststream.jpg?stream=full"}, snapshots: []string{"/record/current.jpg"}},
	{name: "Linksys or Sercomm", marks: []string{"linksys", "sercomm", "realm=wvc", "realm=rc8"}, streams: []string{"/img/video.mjpeg", "/img/mjpeg.cgi"},
		snapshots: []string{"/img/snapshot.cgi?size=2"}, advice: "In its privacy mode it answers with status 406."},
	{name: "Canon", marks: []string{"<title>canon", "realm=canon", "server=vb", "<title>vb-", "webview livescope"}, streams: []string{"/-wvhttp-01-/GetOneShot?frame_count=no_limit"},
		snapshots: []string{"/-wvhttp-01-/GetOneShot", "/GetStillImage"}},
	{name: "Arecont", marks: []string{"arecont"}, streams: []string{"/mjpeg?res=full&x0=0&y0=0&x1=100%&y1=100%&quality=12&doublescan=0&fps=15"},
		snapshots: []string{"/image?res=half&x0=0&y0=0&x1=100%&y1=100%&quality=12&doublescan=0"}},
	{name: "IQeye", marks: []string{"iqeye", "iqinvision"}, streams: []string{"/now.jpg?snap=spush"}, snapshots: []string{"/now.jpg"}},
	{name: "Samsung or Hanwha", marks: []string{"realm=samsung", "<title>samsung", "hanwha", "wisenet", "ipolis"}, streams: []string{"/video?submenu=mjpg", "/stw-cgi/video.cgi?msubmenu=stream&action=view&Profile=1"},
		snapshots: []string{"/stw-cgi/video.cgi?msubmenu=snapshot&action=view", "/video?submenu=jpg"}},
	{name: "JVC", marks: []string{"server=jvc", "realm=jvc", "<title>jvc"}, streams: []string{"/api/video?encode=jpeg&framerate=15&boundary=on"}},
	{name: "Toshiba", marks: []string{"toshiba", "ik-wb"}, streams: []string{"/getstream.cgi?10&10&&&10&0&0&0&0"}, snapshots: []string{"/__live.jpg?&&&"}},
	{name: "Edimax or AirLive", common: true, marks: []string{"edimax", "airlive"}, streams: []string{"/mjpg/video.mjpg", "/video.mjpg"},
		snapshots: []string{"/jpg/image.jpg", "/snapshot.cgi"}},
	{name: "AirLink101, QNAP or Marmitek", marks: []string{"airlink", "<title>qnap", "marmitek"}, streams: []string{"/cgi/mjpg/mjpeg.cgi", "/mjpeg.cgi"}, snapshots: []string{"/cgi/jpg/image.cgi"}},
	{name: "A-Linking, Aviosys, Gadspot or Skyway", marks: []string{"a-linking", "aviosys", "gadspot", "skyway"}, streams: []string{"/GetData.cgi"}, snapshots: []string{"/Jpeg/CamImg.jpg"}},
	{name: "Intellinet, Planet or Zavio", marks: []string{"intellinet", "planet ip", "zavio"}, snapshots: []string{"/jpg/image.jpg"}},
	{name: "Pixord", marks: []string{"pixord"}, snapshots: []string{"/Getimage?camera=1&fmt=full", "/Getimage.cgi"}},
	{name: "Ego, Fulicom, Kingnow or Vilar", marks: []string{"fulicom", "kingnow", "vilar"}, streams: []string{"/cgi-bin/sf.cgi"}},
	{name: "Y-Cam or Sharx", marks: []string{"y-cam", "sharx"}, streams: []string{"/stream.jpg"}},
	{name: "Lumenera", marks: []string{"lumenera"}, streams: []string{"/cgi-bin/nph-video"}},
	{name: "Sanyo", marks: []string{"realm=sanyo", "<title>sanyo"}, streams: []string{"/liveimg.cgi?serverpush=1"}},
	{name: "Convision", marks: []string{"convision"}, streams: []string{"/fullsize.push?camera=1&sleep=15"}},
	{name: "Airwave", marks: []string{"airwave"}, streams: []string{"/cgi-bin/pusher.cgi"}},
	{name: "Avigilon", marks: []string{"avigilon"}, snapshots: []string{"/media/still.jpg"}},
	{name: "go2rtc", marks: []string{"go2rtc"}, advice: "Each of its cameras has an address of its own: /api/stream.mjpeg?src=NAME."},
	{name: "Frigate", marks: []string{"<title>frigate"}, advice: "Each of its cameras has an address of its own: /api/NAME, with the camera's name."},
	{name: "Home Assistant", marks: []string{"<title>home assistant"}, advice: "Its cameras have addresses with a token: /api/camera_proxy_stream/ENTITY?token=TOKEN."},
	{name: "ZoneMinder", marks: []string{"zoneminder"}, streams: []string{"/zm/cgi-bin/nph-zms?mode=jpeg&monitor=1"}, snapshots: []string{"/zm/cgi-bin/nph-zms?mode=single&monitor=1"}},
	{name: "Agent DVR or iSpy", marks: []string{"agent dvr", "<title>ispy"}, streams: []string{"/video.mjpg?oid=1", "/mjpegfeed?oid=1"}},
	{name: "Blue Iris", marks: []string{"blue iris", "blueiris"}, streams: []string{"/mjpg/Index/video.mjpeg"}, snapshots: []string{"/image/Index"}},
	{name: "Viseron", marks: []string{"viseron"}, advice: "Each of its cameras has an address of its own: /NAME/mjpeg-stream."},
}
