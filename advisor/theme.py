"""How the app looks: one calm accent, system greys, the same in light and dark."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

SHEETS = ("app.css", "cards.css", "play.css")
CSS = "".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in SHEETS)


def theme() -> gr.themes.Base:
    """Gradio's own components in the colours of `app.css`."""
    # The 600 weight that Gradio ships lacks most letters.
    font = (gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif")
    return gr.themes.Default(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        text_size=gr.themes.sizes.text_md,
        font=font,
    ).set(
        body_background_fill="#f6f8f9",
        body_background_fill_dark="#10171d",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_100",
        block_title_text_weight="700",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_border_color="*neutral_400",
        input_border_color_dark="*neutral_500",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        button_primary_background_fill="#0f766e",
        button_primary_background_fill_hover="#115e59",
        button_primary_background_fill_dark="#0f766e",
        button_primary_background_fill_hover_dark="#0d9488",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_cancel_background_fill="#b42318",
        button_cancel_background_fill_hover="#912018",
        button_cancel_background_fill_dark="#b42318",
        button_cancel_background_fill_hover_dark="#912018",
        button_cancel_text_color="white",
        button_cancel_text_color_dark="white",
        block_shadow="none",
        block_border_width="1px",
    )
