"""Emoji shortcodes that the page knows; others stay as the text that was sent."""

EMOJI = {
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "wave": "👋", "clap": "👏",
    "pray": "🙏", "muscle": "💪", "raised_hands": "🙌", "ok_hand": "👌", "point_right": "👉",
    "point_down": "👇", "handshake": "🤝", "writing_hand": "✍️", "eyes": "👀", "ear": "👂",
    "smile": "😄", "smiley": "😃", "grinning": "😀", "slightly_smiling_face": "🙂", "wink": "😉",
    "blush": "😊", "sweat_smile": "😅", "joy": "😂", "thinking_face": "🤔", "neutral_face": "😐",
    "confused": "😕", "slightly_frowning_face": "🙁", "worried": "😟", "cry": "😢", "angry": "😠",
    "sunglasses": "😎", "sleeping": "😴", "zzz": "💤", "heart": "❤️", "broken_heart": "💔",
    "tada": "🎉", "sparkles": "✨", "star": "⭐", "fire": "🔥", "rocket": "🚀", "trophy": "🏆",
    "medal": "🏅", "100": "💯", "gift": "🎁", "seedling": "🌱", "sunny": "☀️", "cloud": "☁️",
    "umbrella": "☔", "snowflake": "❄️", "rainbow": "🌈", "coffee": "☕", "cake": "🍰",
    "palm_tree": "🌴", "airplane": "✈️", "car": "🚗", "train": "🚆", "bike": "🚲", "house": "🏠",
    "office": "🏢", "factory": "🏭", "hospital": "🏥", "bank": "🏦", "world_map": "🗺️",
    "earth_africa": "🌍", "round_pushpin": "📍", "pushpin": "📌", "dart": "🎯", "compass": "🧭",
    "phone": "☎️", "telephone_receiver": "📞", "iphone": "📱", "computer": "💻", "email": "📧",
    "envelope": "✉️", "incoming_envelope": "📨", "mailbox": "📫", "inbox_tray": "📥",
    "outbox_tray": "📤", "speech_balloon": "💬", "left_speech_bubble": "🗨️", "mega": "📣",
    "loudspeaker": "📢", "bell": "🔔", "no_bell": "🔕", "lock": "🔒", "unlock": "🔓", "key": "🔑",
    "bulb": "💡", "memo": "📝", "pencil": "📝", "pencil2": "✏️", "clipboard": "📋", "book": "📖",
    "books": "📚", "bookmark": "🔖", "newspaper": "📰", "page_facing_up": "📄", "paperclip": "📎",
    "link": "🔗", "mag": "🔍", "calendar": "📅", "date": "📅", "spiral_calendar_pad": "🗓️",
    "alarm_clock": "⏰", "stopwatch": "⏱️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
    "clock9": "🕘", "bar_chart": "📊", "chart_with_upwards_trend": "📈",
    "chart_with_downwards_trend": "📉", "moneybag": "💰", "credit_card": "💳", "wrench": "🔧",
    "hammer": "🔨", "hammer_and_wrench": "🛠️", "gear": "⚙️", "construction": "🚧",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "ballot_box_with_check": "☑️", "x": "❌",
    "warning": "⚠️", "exclamation": "❗", "question": "❓", "grey_question": "❔",
    "information_source": "ℹ️", "no_entry": "⛔", "no_entry_sign": "🚫", "stop_sign": "🛑",
    "rotating_light": "🚨", "red_circle": "🔴", "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡", "large_green_circle": "🟢", "large_blue_circle": "🔵",
    "white_circle": "⚪", "black_circle": "⚫", "small_blue_diamond": "🔹", "arrow_up": "⬆️",
    "arrow_down": "⬇️", "arrow_right": "➡️", "arrow_left": "⬅️", "arrows_counterclockwise": "🔄",
    "repeat": "🔁", "heavy_plus_sign": "➕", "heavy_minus_sign": "➖", "new": "🆕", "one": "1️⃣",
    "two": "2️⃣", "three": "3️⃣", "busts_in_silhouette": "👥", "bust_in_silhouette": "👤",
    "robot_face": "🤖", "ghost": "👻", "crown": "👑", "ladder": "🪜", "camera": "📷",
    "ship": "🚢", "package": "📦", "label": "🏷️", "raised_hand": "✋", "pause_button": "⏸️",
    "double_vertical_bar": "⏸️", "back": "🔙", "scales": "⚖️", "shield": "🛡️", "crystal_ball": "🔮",
}  # fmt: skip


def emoji(name: str) -> str:
    """Return the character of a shortcode (without its colons), or `:name:` when unknown."""
    return EMOJI.get(name.split("::")[0], f":{name}:")
